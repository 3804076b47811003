import type { account as english } from '../en/account.js';

/** Texts of the account page. */
export const account: Readonly<Record<keyof typeof english, string>> = {
  'account.title': 'Ihr Konto',
  'account.applications': 'Verbundene Anwendungen',
  'account.no-applications': 'Keine Anwendung hat Zugriff auf Ihr Konto.',
  'account.application-times': '{host} · seit {since} UTC · zuletzt benutzt {lastUsed} UTC',
  'account.withdraw': 'Zurücknehmen',
  'account.withdraw-permission': 'Zurücknehmen: {permission}',
  'account.disconnect': 'Trennen',
  'account.disconnect-application': '{name} trennen',
  'account.devices': 'Wo Sie angemeldet sind',
  'account.this-browser': '(dieser Browser)',
  'account.since': 'seit {since} UTC',
  'account.sign-out': 'Abmelden',
  'account.sign-out-device': 'Abmelden: {device}',
  'account.unknown-device': 'Unbekanntes Gerät',
  'account.switch': 'Konto wechseln',
};
