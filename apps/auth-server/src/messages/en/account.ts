/** Texts of the account page. */
export const account = {
  'account.title': 'Your account',
  'account.applications': 'Connected applications',
  'account.no-applications': 'No application has access to your account.',
  'account.application-times': '{host} · since {since} UTC · last used {lastUsed} UTC',
  'account.withdraw': 'Withdraw',
  'account.withdraw-permission': 'Withdraw: {permission}',
  'account.disconnect': 'Disconnect',
  'account.disconnect-application': 'Disconnect {name}',
  'account.devices': 'Where you are signed in',
  'account.this-browser': '(this browser)',
  'account.since': 'since {since} UTC',
  'account.sign-out': 'Sign out',
  'account.sign-out-device': 'Sign out: {device}',
  'account.unknown-device': 'Unknown device',
  'account.switch': 'Switch account',
} as const;
