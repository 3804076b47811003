/** Texts about the second factor: its page, its section of the account page, and its mails. */
export const secondFactor = {
  'factor.title': 'One more step',
  'factor.lead': 'You are signing in as {email}.',
  'factor.refused': 'This code is not right, or it was used before.',
  'factor.code': 'Code from your authenticator app',
  'factor.submit': 'Continue',
  'factor.no-phone': 'No phone at hand?',
  'factor.recovery-code': 'Recovery code',
  'factor.use-recovery-code': 'Use the recovery code',
  'factor.set-up-title': 'Protect your account',
  'factor.set-up-lead': 'This sign-in needs a second step. Set it up for {email}.',
  'factor.scan': 'Scan this picture with an authenticator app on your phone.',
  'factor.picture': 'Picture for your authenticator app',
  'factor.type': 'Or type this key into the app:',
  'factor.first-code': 'The code that the app shows now',
  'factor.confirm': 'Set up',
  'factor.codes-title': 'Your recovery codes',
  'factor.codes-lead':
    'Each of them stands in for your phone once. Keep them in a safe place: they are not shown again.',
  'factor.codes-kept': 'I have saved them',
  'factor.back': 'Back to your account',
  'account.second-factor': 'Second step at sign-in',
  'account.second-factor-off':
    'Only one thing stands between others and your account. Add a code from an app on your phone.',
  'account.second-factor-on': 'An authenticator app is asked for at each sign-in, since {since} UTC.',
  'account.recovery-codes-left':
    '{left, plural, =0 {No recovery code is left.} one {One recovery code is left.} other {# recovery codes are left.}}',
  'account.second-factor-set-up': 'Set up an authenticator app',
  'account.second-factor-code': 'Code from your authenticator app, or a recovery code',
  'account.recovery-codes-renew': 'Make new recovery codes',
  'account.second-factor-remove': 'Turn the second step off',
  'account.second-factor-removed': 'The second step is off.',
  'factor.mail-on': 'Your account now asks for a second step',
  'factor.mail-on-text':
    'From now on, signing in to the account {email} asks for a code from an authenticator app.\n\nIf this was not you, sign in with a recovery code or ask whoever runs this service, and change your password.',
  'factor.mail-off': 'The second step of your account is off',
  'factor.mail-off-text':
    'Signing in to the account {email} no longer asks for a code from an authenticator app.\n\nIf this was not you, change your password at once and set the second step up again.',
  'factor.mail-codes': 'New recovery codes for your account',
  'factor.mail-codes-text':
    'New recovery codes were made for the account {email}; the former ones no longer work.\n\nIf this was not you, change your password at once.',
} as const;
