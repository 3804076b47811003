/** Texts of mails, and of the page that shows them to developers. No line of a mail is longer than the others need. */
export const mail = {
  'mail.code.subject': '{code} is your sign-in code',
  'mail.code.text':
    'Your code to sign in to {client}:\n\n{code}\n\nIt is good for {minutes} minutes, and only in the browser where you asked for it. Nobody of us will ever ask you for it. If you did not ask for it, you need not do anything.',
  'mail.sign-up.subject': '{code} is your code to create an account',
  'mail.sign-up.text':
    'Somebody, hopefully you, is creating an account for {email} on the way to {client}.\n\nType this code where you began:\n\n{code}\n\nor open this link:\n\n{link}\n\nBoth are good for {minutes} minutes. If it was not you, do nothing: there will be no account.',
  'mail.taken.subject': 'You already have an account',
  'mail.taken.text':
    'Somebody, hopefully you, wanted to create an account for {email} on the way to {client}. There is one already: go back and sign in. If you forgot your password, the sign-in page helps.\n\nIf it was not you, you need not do anything: nothing was changed.',
  'mail.password-reset.subject': 'Choose a new password',
  'mail.password-reset.text':
    'Somebody, hopefully you, asked for a new password for {email}.\n\nOpen this link to choose one:\n\n{link}\n\nIt is good for {minutes} minutes and once. It also helps if you know your password but have to wait because of too many attempts. If it was not you, you need not do anything: your password stays as it is.',
  'mail.password-changed.subject': 'Your password was changed',
  'mail.password-changed.text':
    'The password of your account {email} was changed a moment ago.\n\nIf it was not you, ask for a new password on the sign-in page now, and look at your account’s devices.',
  'mail.email-code.subject': '{code} confirms your e-mail address',
  'mail.email-code.text':
    'Type this code on the page of your account to confirm {email}:\n\n{code}\n\nIt is good for {minutes} minutes. If you did not ask for it, you need not do anything.',
  'mail.email-taken.subject': 'This address has an account',
  'mail.email-taken.text':
    'Somebody wanted to use {email} for another account. It has an account of its own, so nothing was changed. If it was not you, you need not do anything.',
  'mail.email-changed.subject': 'Your e-mail address was changed',
  'mail.email-changed.text':
    'Your account now has the e-mail address {address} instead of {email}; mails and codes go there.\n\nIf it was not you, tell those who run this service at once.',
  'mailbox.title': 'Mailbox',
  'mailbox.lead':
    'This is a development system: here stands what is written to its users. Nobody sees this page in production.',
  'mailbox.empty': 'No mail yet.',
  'mailbox.to': 'to {recipient} · {at} UTC',
} as const;
