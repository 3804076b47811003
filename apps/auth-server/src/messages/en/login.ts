/** Texts of the sign-in page. */
export const login = {
  'login.title': 'Sign in',
  'login.lead': 'to continue to {client}',
  'login.or': 'or',
  'login.another-way': 'Sign in another way',
  'login.with': 'Continue with {name}',
  'login.refused': 'E-mail address or password is not right.',
  'login.throttled': 'Too many attempts. Wait a moment, then try again.',
  'login.too-weak': 'This application asks for a stronger way to sign in.',
  'login.email': 'E-mail address',
  'login.password': 'Password',
  'login.submit': 'Sign in',
  'login.privacy-policy': 'Privacy policy',
  'login.terms': 'Terms of service',
  'login.with-password': 'Sign in with a password',
} as const;
