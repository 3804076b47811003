/** Path of every endpoint below the issuer, as Auth0's SDKs and the specifications want them. */
export const ENDPOINTS = {
  authorization: 'authorize',
  token: 'oauth/token',
  userinfo: 'userinfo',
  revocation: 'oauth/revoke',
  introspection: 'oauth/introspect',
  revocations: 'oauth/revocations',
  jwks: '.well-known/jwks.json',
  registration: 'oidc/register',
  endSession: 'oidc/logout',
  auth0Logout: 'v2/logout',
  checkSession: 'oidc/check_session',
  grantManagement: 'grants',
  login: 'login',
  loginConnection: 'login/connection',
  loginCallback: 'login/callback',
  secondFactor: 'login/second-factor',
  passkeyOffer: 'login/passkey',
  consent: 'consent',
  selectAccount: 'select-account',
  account: 'account',
  accountCallback: 'account/callback',
  signUp: 'sign-up',
  passwordReset: 'password-reset',
  mailbox: 'mailbox',
} as const;
export type EndpointName = keyof typeof ENDPOINTS;

/** The issuer and the URLs below it. They come from the configuration alone, never from a request's headers. */
export class Issuer {
  private readonly urls: Readonly<Record<EndpointName, string>>;
  readonly origin: string;
  readonly secure: boolean;

  constructor(readonly identifier: string) {
    this.urls = Object.fromEntries(
      Object.entries(ENDPOINTS).map(([name, path]) => [name, `${identifier}${path}`]),
    ) as Record<EndpointName, string>;
    this.origin = new URL(identifier).origin;
    this.secure = identifier.startsWith('https:');
  }

  url(name: EndpointName): string {
    return this.urls[name];
  }
}
