/** Texts of the consent page, and what scopes mean to a user. */
export const consent = {
  'consent.title': 'Allow access',
  'consent.heading': '{client} asks for access',
  'consent.signed-in-as': 'You are signed in as {user}.',
  'consent.unverified': 'This application registered itself. Go on only if you trust {host}.',
  'consent.permissions': 'It will be able to',
  'consent.already-allowed': 'already allowed',
  'consent.allow': 'Allow',
  'consent.deny': 'Don’t allow',
  'consent.after': 'After that you go to {host}. You can take the access back at any time.',
  'consent.logo': 'Logo of {client}',
  'scope.openid': 'Know who you are',
  'scope.profile': 'See your name and profile',
  'scope.email': 'See your e-mail address',
  'scope.address': 'See your postal address',
  'scope.phone': 'See your phone number',
  'scope.offline_access': 'Stay connected while you are away',
} as const;
