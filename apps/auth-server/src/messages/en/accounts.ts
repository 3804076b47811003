/** Texts of choosing an account and of signing out. */
export const accounts = {
  'accounts.title': 'Choose an account',
  'accounts.lead': 'to continue to {client}',
  'accounts.another': 'Use another account',
  'logout.title': 'Sign out',
  'logout.heading': 'Sign out?',
  'logout.signed-in-as': 'You are signed in as {user}.',
  'logout.confirm': 'Yes, sign me out',
  'logout.all': 'Sign out of all {count} accounts',
  'logout.hint': 'Close this page to stay signed in.',
  'signed-out.title': 'Signed out',
  'signed-out.heading': 'You are signed out',
  'signed-out.lead': 'Your session here has ended.',
  'signed-out.others': 'Other accounts are still signed in in this browser.',
  'signed-out.frame': 'Signing out of an application',
  'signed-out.back': 'Back to the application',
} as const;
