import type { secondFactor as english } from '../en/second-factor.js';

/** Texts about the second factor: its page, its section of the account page, and its mails. */
export const secondFactor: Readonly<Record<keyof typeof english, string>> = {
  'factor.title': 'Noch ein Schritt',
  'factor.lead': 'Sie melden sich als {email} an.',
  'factor.refused': 'Dieser Code stimmt nicht oder wurde schon benutzt.',
  'factor.code': 'Code aus Ihrer Authenticator-App',
  'factor.submit': 'Weiter',
  'factor.no-phone': 'Kein Telefon zur Hand?',
  'factor.recovery-code': 'Wiederherstellungscode',
  'factor.use-recovery-code': 'Wiederherstellungscode benutzen',
  'factor.set-up-title': 'Schützen Sie Ihr Konto',
  'factor.set-up-lead': 'Diese Anmeldung verlangt einen zweiten Schritt. Richten Sie ihn für {email} ein.',
  'factor.scan': 'Scannen Sie dieses Bild mit einer Authenticator-App auf Ihrem Telefon.',
  'factor.picture': 'Bild für Ihre Authenticator-App',
  'factor.type': 'Oder tippen Sie diesen Schlüssel in die App ein:',
  'factor.first-code': 'Der Code, den die App jetzt zeigt',
  'factor.confirm': 'Einrichten',
  'factor.codes-title': 'Ihre Wiederherstellungs\u00ADcodes',
  'factor.codes-lead':
    'Jeder von ihnen ersetzt einmal Ihr Telefon. Bewahren Sie sie sicher auf: sie werden nicht noch einmal angezeigt.',
  'factor.codes-kept': 'Ich habe sie gespeichert',
  'factor.back': 'Zurück zu Ihrem Konto',
  'account.second-factor': 'Zweiter Schritt bei der Anmeldung',
  'account.second-factor-off':
    'Zwischen anderen und Ihrem Konto steht nur eine Hürde. Fügen Sie einen Code aus einer App auf Ihrem Telefon hinzu.',
  'account.second-factor-on': 'Bei jeder Anmeldung wird eine Authenticator-App verlangt, seit {since} UTC.',
  'account.recovery-codes-left':
    '{left, plural, =0 {Kein Wiederherstellungscode ist übrig.} one {Ein Wiederherstellungscode ist übrig.} other {# Wiederherstellungscodes sind übrig.}}',
  'account.second-factor-set-up': 'Authenticator-App einrichten',
  'account.second-factor-code': 'Code aus Ihrer Authenticator-App oder ein Wiederherstellungscode',
  'account.recovery-codes-renew': 'Neue Wiederherstellungscodes erzeugen',
  'account.second-factor-remove': 'Zweiten Schritt ausschalten',
  'account.second-factor-removed': 'Der zweite Schritt ist ausgeschaltet.',
  'factor.mail-on': 'Ihr Konto verlangt jetzt einen zweiten Schritt',
  'factor.mail-on-text':
    'Ab jetzt verlangt die Anmeldung am Konto {email} einen Code aus einer Authenticator-App.\n\nWenn Sie das nicht waren, melden Sie sich mit einem Wiederherstellungscode an oder wenden Sie sich an den Betreiber dieses Dienstes, und ändern Sie Ihr Passwort.',
  'factor.mail-off': 'Der zweite Schritt Ihres Kontos ist ausgeschaltet',
  'factor.mail-off-text':
    'Die Anmeldung am Konto {email} verlangt keinen Code aus einer Authenticator-App mehr.\n\nWenn Sie das nicht waren, ändern Sie sofort Ihr Passwort und richten Sie den zweiten Schritt neu ein.',
  'factor.mail-codes': 'Neue Wiederherstellungscodes für Ihr Konto',
  'factor.mail-codes-text':
    'Für das Konto {email} wurden neue Wiederherstellungscodes erzeugt; die früheren gelten nicht mehr.\n\nWenn Sie das nicht waren, ändern Sie sofort Ihr Passwort.',
};
