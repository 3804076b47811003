import type { consent as english } from '../en/consent.js';

/** Texts of the consent page, and what scopes mean to a user. */
export const consent: Readonly<Record<keyof typeof english, string>> = {
  'consent.title': 'Zugriff erlauben',
  'consent.heading': '{client} möchte Zugriff',
  'consent.signed-in-as': 'Sie sind angemeldet als {user}.',
  'consent.unverified': 'Diese Anwendung hat sich selbst registriert. Fahren Sie nur fort, wenn Sie {host} vertrauen.',
  'consent.permissions': 'Die Anwendung kann dann',
  'consent.already-allowed': 'bereits erlaubt',
  'consent.allow': 'Erlauben',
  'consent.deny': 'Nicht erlauben',
  'consent.after': 'Danach geht es weiter zu {host}. Sie können den Zugriff jederzeit zurücknehmen.',
  'consent.logo': 'Logo von {client}',
  'scope.openid': 'Wissen, wer Sie sind',
  'scope.profile': 'Ihren Namen und Ihr Profil sehen',
  'scope.email': 'Ihre E-Mail-Adresse sehen',
  'scope.address': 'Ihre Postanschrift sehen',
  'scope.phone': 'Ihre Telefonnummer sehen',
  'scope.offline_access': 'Verbunden bleiben, während Sie nicht da sind',
};
