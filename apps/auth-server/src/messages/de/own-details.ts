import type { ownDetails as english } from '../en/own-details.js';

/** Texts of the account page's sections on the profile, the e-mail address and the password. */
export const ownDetails: Readonly<Record<keyof typeof english, string>> = {
  'profile.title': 'Profil',
  'profile.save': 'Speichern',
  'profile.name': 'Name',
  'profile.given_name': 'Vorname',
  'profile.family_name': 'Nachname',
  'profile.nickname': 'Spitzname',
  'profile.picture': 'Bild (https-Adresse)',
  'profile.locale': 'Sprache, zum Beispiel de-AT',
  'profile.zoneinfo': 'Zeitzone, zum Beispiel Europe/Berlin',
  'profile.invalid': 'Ein Feld kann so nicht verwendet werden. Es wurde nichts geändert.',
  'profile.saved': 'Ihr Profil ist gespeichert.',
  'email.verified': 'bestätigt',
  'email.not-verified': 'nicht bestätigt',
  'email.verify': 'Bestätigen',
  'email.new': 'Neue E-Mail-Adresse',
  'email.change': 'Adresse ändern',
  'email.confirm': 'Bestätigen',
  'email.cancel': 'Zurück zu Ihrem Konto',
  'email.confirmed': 'Ihre E-Mail-Adresse ist bestätigt.',
  'password.current': 'Bisheriges Passwort',
  'password.none-yet': 'Ihr Konto hat noch kein Passwort.',
  'password.ends-others': 'Mit dem neuen Passwort bleiben Sie hier angemeldet und werden überall sonst abgemeldet.',
  'password.wrong': 'Das bisherige Passwort stimmt nicht.',
  'password.changed': 'Ihr Passwort ist geändert.',
};
