import type { passkeys as english } from '../en/passkeys.js';

/** Texts around passkeys: on the sign-in page, on the account page, and in mails. */
export const passkeys: Readonly<Record<keyof typeof english, string>> = {
  'passkeys.sign-in': 'Mit einem Passkey anmelden',
  'passkeys.refused':
    'Dieser Passkey konnte hier nicht benutzt werden. Versuchen Sie es noch einmal, oder melden Sie sich auf andere Weise an.',
  'passkeys.expired':
    'Diese Seite hat zu lange gewartet, oder der Passkey wurde schon benutzt. Versuchen Sie es noch einmal.',
  'passkeys.cancelled':
    'Es wurde kein Passkey benutzt. Versuchen Sie es noch einmal, oder melden Sie sich auf andere Weise an.',
  'passkeys.no-script': 'Passkeys brauchen JavaScript, das in diesem Browser ausgeschaltet ist.',
  'passkeys.unsupported': 'Dieser Browser kann hier keine Passkeys benutzen.',
  'passkeys.offer': 'Beim nächsten Mal schneller',
  'passkeys.offer-lead':
    'Mit einem Passkey genügt Ihr Fingerabdruck, Ihr Gesicht oder die PIN Ihres Geräts: kein Passwort, das Sie eingeben müssten oder das andere stehlen könnten.',
  'passkeys.later': 'Jetzt nicht',
  'passkeys.later-hint': 'Sie können jederzeit auf Ihrer Kontoseite einen hinzufügen.',
  'passkeys.title': 'Passkeys',
  'passkeys.hint':
    'Ein Passkey meldet Sie mit Ihrem Fingerabdruck, Ihrem Gesicht oder der PIN Ihres Geräts an und kann nicht an eine gefälschte Seite verraten werden.',
  'passkeys.none': 'Sie haben noch keinen Passkey.',
  'passkeys.times': 'hinzugefügt {created} UTC',
  'passkeys.times-used': 'hinzugefügt {created} UTC · zuletzt benutzt {used} UTC',
  'passkeys.add': 'Passkey hinzufügen',
  'passkeys.name': 'Name des Passkeys',
  'passkeys.rename': 'Umbenennen',
  'passkeys.rename-one': '{name} umbenennen',
  'passkeys.remove': 'Entfernen',
  'passkeys.remove-one': '{name} entfernen',
  'passkeys.new': 'Ein neuer Passkey',
  'passkeys.new-hint': 'Geben Sie ihm einen Namen, an dem Sie ihn wiedererkennen, und folgen Sie dann Ihrem Browser.',
  'passkeys.default-name': 'Passkey {number}',
  'passkeys.unnamed': 'Passkey',
  'passkeys.create': 'Passkey erstellen',
  'passkeys.back': 'Zurück zu Ihrem Konto',
  'passkeys.added': 'Der Passkey wurde hinzugefügt.',
  'passkeys.renamed': 'Der Passkey hat einen neuen Namen.',
  'passkeys.removed': 'Der Passkey wurde entfernt. Entfernen Sie ihn auch von Ihrem Gerät.',
  'passkeys.full': 'Sie haben so viele Passkeys, wie erlaubt sind. Entfernen Sie zuerst einen.',
  'passkeys.gone': 'Diesen Passkey gibt es nicht mehr.',
  'passkeys.bad-name': 'Der Name muss 1 bis 64 Zeichen lang sein.',
  'passkeys.not-added': 'Der Passkey konnte nicht hinzugefügt werden. Versuchen Sie es noch einmal.',
  'passkeys.not-created': 'Es wurde kein Passkey erstellt. Versuchen Sie es noch einmal, oder gehen Sie zurück.',
  'passkeys.already-there': 'Auf diesem Gerät gibt es schon einen Passkey von Ihnen.',
  'passkeys.added-subject': 'Ihrem Konto wurde ein Passkey hinzugefügt',
  'passkeys.added-mail':
    'Ihrem Konto bei {host} wurde der Passkey „{name}“ hinzugefügt. Ab jetzt kann er Sie anmelden.\n\nWenn Sie das nicht waren, entfernen Sie ihn sofort auf Ihrer Kontoseite und ändern Sie Ihr Passwort: {account}\n',
  'passkeys.removed-subject': 'Ein Passkey wurde aus Ihrem Konto entfernt',
  'passkeys.removed-mail':
    'Aus Ihrem Konto bei {host} wurde der Passkey „{name}“ entfernt. Er kann Sie nicht mehr anmelden.\n\nWenn Sie das nicht waren, sehen Sie auf Ihrer Kontoseite nach und ändern Sie Ihr Passwort: {account}\n',
};
