/** What the identity scopes mean to a user, as the consent page says it. An API brings the words for its own scopes. */
export const IDENTITY_SCOPE_WORDS: Readonly<Record<string, string>> = {
  openid: 'Know who you are',
  profile: 'See your name and profile',
  email: 'See your e-mail address',
  address: 'See your postal address',
  phone: 'See your phone number',
  offline_access: 'Stay connected while you are away',
};
