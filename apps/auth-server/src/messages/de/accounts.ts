import type { accounts as english } from '../en/accounts.js';

/** Texts of choosing an account and of signing out. */
export const accounts: Readonly<Record<keyof typeof english, string>> = {
  'accounts.title': 'Konto auswählen',
  'accounts.lead': 'weiter zu {client}',
  'accounts.another': 'Anderes Konto verwenden',
  'logout.title': 'Abmelden',
  'logout.heading': 'Abmelden?',
  'logout.signed-in-as': 'Sie sind angemeldet als {user}.',
  'logout.confirm': 'Ja, abmelden',
  'logout.all': 'Alle {count} Konten abmelden',
  'logout.hint': 'Schließen Sie diese Seite, um angemeldet zu bleiben.',
  'signed-out.title': 'Abgemeldet',
  'signed-out.heading': 'Sie sind abgemeldet',
  'signed-out.lead': 'Ihre Sitzung hier ist beendet.',
  'signed-out.others': 'Andere Konten sind in diesem Browser noch angemeldet.',
  'signed-out.frame': 'Abmeldung von einer Anwendung',
  'signed-out.back': 'Zurück zur Anwendung',
};
