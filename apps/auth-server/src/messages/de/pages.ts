import type { pages as english } from '../en/pages.js';

/** Texts around every page, of error pages, and of pages that only pass something on. */
export const pages: Readonly<Record<keyof typeof english, string>> = {
  'page.footer': 'Ihre Anmeldung, auf Ihren eigenen Servern',
  'page.support': 'Hilfe',
  'page.returning': 'Zurück zur Anwendung',
  'page.continue-lead': 'Weiter zur Anwendung.',
  'page.continue': 'Weiter',
  'page.session-check': 'Sitzungsprüfung',
  'error.title': 'Diese Anfrage kann nicht verwendet werden',
  'error.sign-in-title': 'Diese Anmeldung kann nicht verwendet werden',
  'error.request': 'Was hier ankam, ist unvollständig oder nicht richtig.',
  'error.refused': 'Das wurde abgelehnt.',
  'error.not-found': 'Unter dieser Adresse gibt es nichts.',
  'error.busy': 'Der Server ist gerade ausgelastet. Bitte versuchen Sie es gleich noch einmal.',
  'error.server': 'Hier ist etwas schiefgegangen. Bitte versuchen Sie es noch einmal.',
  'error.expired': 'Diese Anmeldung ist abgelaufen. Gehen Sie zurück zur Anwendung und beginnen Sie von vorn.',
  'error.foreign-form':
    'Dieses Formular kam nicht von unserer Seite, oder die Seite war zu alt. Gehen Sie zurück und versuchen Sie es noch einmal.',
  'error.client-gone': 'Die Anwendung ist hier nicht mehr bekannt.',
  'error.not-signed-in': 'Sie sind nicht mehr angemeldet. Gehen Sie zurück zur Anwendung und beginnen Sie von vorn.',
  'error.hint':
    'Gehen Sie zurück zur Anwendung, die Sie hierher geschickt hat, oder sagen Sie deren Entwicklern, was auf dieser Seite steht.',
  'error.code': 'Fehler',
};
