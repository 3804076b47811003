import type { signUp as english } from '../en/sign-up.js';

/** Texts of sign-up, of codes by e-mail, of forgotten passwords, and of the links that mails bring. */
export const signUp: Readonly<Record<keyof typeof english, string>> = {
  'email.invalid': 'Das ist keine E-Mail-Adresse.',
  'email.send-code': 'Code schicken',
  'email.code': 'Code aus der E-Mail',
  'email.code-sent': 'Wenn es zu {email} hier ein Konto gibt, ist ein Code mit sechs Ziffern unterwegs.',
  'email.resend': 'Neuen Code schicken',
  'email.wrong-code': 'Dieser Code stimmt nicht oder gilt nicht mehr. Prüfen Sie ihn oder fordern Sie einen neuen an.',
  'sign-up.link': 'Konto anlegen',
  'sign-up.title': 'Konto anlegen',
  'sign-up.name': 'Name (freiwillig)',
  'sign-up.submit': 'Weiter',
  'sign-up.sign-in': 'Ich habe schon ein Konto',
  'sign-up.check-mail': 'Sehen Sie in Ihr Postfach',
  'sign-up.sent':
    'Wir haben eine Mail an {email} geschickt. Geben Sie den Code ein, der darin steht, oder öffnen Sie den Link.',
  'sign-up.continue': 'Weiter',
  'sign-up.again': 'Andere Adresse verwenden',
  'sign-up.confirm': 'Adresse bestätigen',
  'sign-up.confirm-lead': 'Ihr Konto für',
  'sign-up.confirm-submit': 'Bestätigen und Konto anlegen',
  'sign-up.confirm-hint': 'Wenn Sie kein Konto anlegen wollten, schließen Sie diese Seite: Dann entsteht keines.',
  'sign-up.chosen-password': 'Das Passwort, das Sie gewählt haben',
  'sign-up.wrong-password': 'Das ist nicht das Passwort, das Sie zu Beginn gewählt haben.',
  'sign-up.done': 'Ihre Adresse ist bestätigt',
  'sign-up.done-lead':
    'Gehen Sie dorthin zurück, wo Sie begonnen haben, und melden Sie sich an, oder melden Sie sich hier an.',
  'link.ended': 'Dieser Link gilt nicht mehr',
  'link.ended-lead':
    'Er wurde schon benutzt oder ist zu alt. Gehen Sie dorthin zurück, wo Sie begonnen haben, und fordern Sie einen neuen an.',
  'reset.link': 'Passwort vergessen?',
  'reset.title': 'Passwort vergessen?',
  'reset.lead': 'Wir schicken Ihnen einen Link, über den Sie ein neues wählen.',
  'reset.submit': 'Link schicken',
  'reset.back': 'Zurück zur Anmeldung',
  'reset.sent':
    'Wenn es zu {email} hier ein Konto gibt, ist eine Mail mit einem Link unterwegs. Der Link gilt 30 Minuten.',
  'reset.new': 'Neues Passwort',
  'reset.set': 'Neues Passwort setzen',
  'reset.unlock': 'Ich kenne mein Passwort und will es nur noch einmal versuchen',
  'reset.ends-sessions': 'Mit einem neuen Passwort werden Sie überall abgemeldet.',
  'reset.done': 'Ihr Passwort ist geändert',
  'reset.unlocked': 'Sie können sich wieder anmelden',
  'password.rules':
    '8 bis 128 Zeichen. Ein paar Wörter, die nur für Sie zusammengehören, sind besser als seltsame Zeichen.',
  'password.too-short': 'Das Passwort ist zu kurz: Es braucht 8 Zeichen.',
  'password.too-long': 'Das Passwort ist zu lang: höchstens 128 Zeichen.',
  'password.is-address': 'Das Passwort darf nicht Ihre E-Mail-Adresse sein.',
  'password.breached':
    'Dieses Passwort ist aus Datenlecks bekannt oder gehört zu den ersten, die probiert werden. Wählen Sie ein anderes.',
  'email.sign-in': 'Mit einem Code per E-Mail anmelden',
  'email.code-mailed':
    'Wir haben eine Mail an {email} geschickt. Geben Sie den Code mit sechs Ziffern ein, der darin steht.',
  'reset.choose': 'Neues Passwort wählen',
};
