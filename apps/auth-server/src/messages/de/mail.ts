import type { mail as english } from '../en/mail.js';

/** Texts of mails, and of the page that shows them to developers. */
export const mail: Readonly<Record<keyof typeof english, string>> = {
  'mail.code.subject': '{code} ist Ihr Anmeldecode',
  'mail.code.text':
    'Ihr Code für die Anmeldung bei {client}:\n\n{code}\n\nEr gilt {minutes} Minuten und nur in dem Browser, in dem Sie ihn angefordert haben. Niemand von uns wird Sie je danach fragen. Wenn Sie ihn nicht angefordert haben, brauchen Sie nichts zu tun.',
  'mail.sign-up.subject': '{code} ist Ihr Code für das neue Konto',
  'mail.sign-up.text':
    'Jemand, hoffentlich Sie, legt auf dem Weg zu {client} ein Konto für {email} an.\n\nGeben Sie diesen Code dort ein, wo Sie begonnen haben:\n\n{code}\n\noder öffnen Sie diesen Link:\n\n{link}\n\nBeides gilt {minutes} Minuten. Wenn Sie es nicht waren, tun Sie nichts: Dann entsteht kein Konto.',
  'mail.taken.subject': 'Sie haben schon ein Konto',
  'mail.taken.text':
    'Jemand, hoffentlich Sie, wollte auf dem Weg zu {client} ein Konto für {email} anlegen. Es gibt schon eines: Gehen Sie zurück und melden Sie sich an. Wenn Sie Ihr Passwort vergessen haben, hilft die Anmeldeseite weiter.\n\nWenn Sie es nicht waren, brauchen Sie nichts zu tun: Es wurde nichts geändert.',
  'mail.password-reset.subject': 'Wählen Sie ein neues Passwort',
  'mail.password-reset.text':
    'Jemand, hoffentlich Sie, hat ein neues Passwort für {email} angefordert.\n\nÖffnen Sie diesen Link, um es zu wählen:\n\n{link}\n\nEr gilt {minutes} Minuten und einmal. Er hilft auch, wenn Sie Ihr Passwort kennen, aber nach zu vielen Versuchen warten müssen. Wenn Sie es nicht waren, brauchen Sie nichts zu tun: Ihr Passwort bleibt, wie es ist.',
  'mail.password-changed.subject': 'Ihr Passwort wurde geändert',
  'mail.password-changed.text':
    'Das Passwort Ihres Kontos {email} wurde soeben geändert.\n\nWenn Sie es nicht waren, fordern Sie jetzt auf der Anmeldeseite ein neues Passwort an und sehen Sie die Geräte Ihres Kontos durch.',
  'mail.email-code.subject': '{code} bestätigt Ihre E-Mail-Adresse',
  'mail.email-code.text':
    'Geben Sie diesen Code auf der Seite Ihres Kontos ein, um {email} zu bestätigen:\n\n{code}\n\nEr gilt {minutes} Minuten. Wenn Sie ihn nicht angefordert haben, brauchen Sie nichts zu tun.',
  'mail.email-taken.subject': 'Zu dieser Adresse gibt es ein Konto',
  'mail.email-taken.text':
    'Jemand wollte {email} für ein anderes Konto verwenden. Die Adresse gehört zu einem eigenen Konto, deshalb wurde nichts geändert. Wenn Sie es nicht waren, brauchen Sie nichts zu tun.',
  'mail.email-changed.subject': 'Ihre E-Mail-Adresse wurde geändert',
  'mail.email-changed.text':
    'Ihr Konto hat jetzt die E-Mail-Adresse {address} statt {email}; Mails und Codes gehen dorthin.\n\nWenn Sie es nicht waren, sagen Sie es sofort denen, die diesen Dienst betreiben.',
  'mailbox.title': 'Postfach',
  'mailbox.lead':
    'Dies ist ein Entwicklungssystem: Hier steht, was seinen Nutzern geschrieben wird. Im Betrieb sieht niemand diese Seite.',
  'mailbox.empty': 'Noch keine Mail.',
  'mailbox.to': 'an {recipient} · {at} UTC',
};
