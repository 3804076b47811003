import type { login as english } from '../en/login.js';

/** Texts of the sign-in page. */
export const login: Readonly<Record<keyof typeof english, string>> = {
  'login.title': 'Anmelden',
  'login.lead': 'weiter zu {client}',
  'login.or': 'oder',
  'login.another-way': 'Auf andere Weise anmelden',
  'login.with': 'Weiter mit {name}',
  'login.refused': 'E-Mail-Adresse oder Passwort stimmt nicht.',
  'login.throttled': 'Zu viele Versuche. Warten Sie einen Moment und versuchen Sie es dann noch einmal.',
  'login.too-weak': 'Diese Anwendung verlangt eine stärkere Art der Anmeldung.',
  'login.email': 'E-Mail-Adresse',
  'login.password': 'Passwort',
  'login.submit': 'Anmelden',
  'login.privacy-policy': 'Datenschutzerklärung',
  'login.terms': 'Nutzungsbedingungen',
  'login.with-password': 'Mit einem Passwort anmelden',
};
