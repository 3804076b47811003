import type { federation as english } from '../en/federation.js';

/** Texts of sign-in at other providers and in the directory. */
export const federation: Readonly<Record<keyof typeof english, string>> = {
  'federation.disabled': 'Mit diesem Konto können Sie sich hier nicht anmelden.',
  'federation.unknown': 'Für Sie gibt es hier kein Konto. Wenden Sie sich an die Betreiber dieses Dienstes.',
  'federation.link-title': 'Sie haben schon ein Konto',
  'federation.link':
    'Ihre E-Mail-Adresse bei {name} gehört hier zu einem Konto. Melden Sie sich an wie bisher: Danach können Sie auch {name} benutzen.',
  'upstream.unavailable':
    'Der andere Anbieter ist im Moment nicht erreichbar. Versuchen Sie es noch einmal oder melden Sie sich auf andere Weise an.',
  'upstream.failed':
    'Die Antwort des anderen Anbieters ist nicht brauchbar. Versuchen Sie es noch einmal oder melden Sie sich auf andere Weise an.',
  'upstream.cancelled':
    'Sie haben die Anmeldung beim anderen Anbieter nicht beendet. Versuchen Sie es noch einmal oder melden Sie sich auf andere Weise an.',
  'upstream.not-fresh':
    'Die Anwendung verlangt, dass Sie sich neu anmelden, aber der andere Anbieter hat Sie nicht gefragt. Versuchen Sie es noch einmal oder melden Sie sich auf andere Weise an.',
  'upstream.stale':
    'Diese Antwort des anderen Anbieters wurde schon benutzt oder ist zu alt. Bitte versuchen Sie es noch einmal.',
  'upstream.onward': 'Weiter',
  'ldap.username': 'Benutzername',
  'ldap.password': 'Passwort',
  'ldap.submit': 'Mit {name} anmelden',
  'ldap.refused': 'Benutzername oder Passwort stimmt nicht.',
  'ldap.unavailable':
    'Das Verzeichnis kann im Moment nicht gefragt werden; Ihr Passwort wurde nicht geprüft. Versuchen Sie es gleich noch einmal.',
  'connections.title': 'Weitere Wege zur Anmeldung',
  'connections.none': 'Kein anderes Konto ist verbunden.',
  'connections.times': 'seit {since} UTC',
  'connections.used': 'seit {since} UTC · zuletzt benutzt {lastUsed} UTC',
  'connections.connect': '{name} verbinden',
  'connections.disconnect': 'Trennen',
  'connections.disconnect-one': '{name} trennen',
  'connections.disconnected': 'Die Verbindung ist getrennt.',
  'ways.last':
    'Das ist Ihr letzter Weg, sich anzumelden. Fügen Sie erst einen anderen hinzu, dann entfernen Sie diesen.',
  'connections.lost': 'Ihr Browser hat sein Cookie nicht gesendet. Melden Sie sich noch einmal an.',
  'connections.onward': '{name} verbinden',
  'connections.onward-lead': 'Melden Sie sich bei {name} an. Danach können Sie sich mit jenem Konto hier anmelden.',
  'connections.continue': 'Weiter zu {name}',
  'connections.back': 'Zurück zu Ihrem Konto',
  'connections.problem-title': 'Nichts wurde verbunden',
  'connections.taken': 'Jenes Konto ist hier mit einem anderen Benutzer verbunden.',
};
