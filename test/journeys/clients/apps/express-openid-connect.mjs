/** An Express application with Auth0's SDK, unmodified: only the issuer is ours. */
import express from 'express';
import eoc from 'express-openid-connect';

const { ISSUER, BASE_URL, PORT } = process.env;
const app = express();
app.use(
  eoc.auth({
    issuerBaseURL: ISSUER,
    baseURL: BASE_URL,
    clientID: 'express',
    clientSecret: process.env.CLIENT_SECRET,
    secret: 'a long secret for the session cookie of this test',
    authRequired: false,
    idpLogout: true,
    authorizationParams: {
      response_type: 'code id_token',
      response_mode: 'form_post',
      scope: 'openid profile email offline_access',
    },
  }),
);
app.get('/', async (request, response) => {
  const { oidc } = request;
  const userinfo = oidc.isAuthenticated() ? await oidc.fetchUserInfo() : undefined;
  response.json({
    authenticated: oidc.isAuthenticated(),
    user: oidc.user,
    userinfo,
    hasAccessToken: oidc.accessToken?.access_token !== undefined,
    hasRefreshToken: oidc.refreshToken !== undefined,
  });
});
app.listen(Number(PORT), '127.0.0.1', () => console.log('listening'));
