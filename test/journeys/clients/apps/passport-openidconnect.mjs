/** An Express application with passport-openidconnect, unmodified. */
import express from 'express';
import session from 'express-session';
import passport from 'passport';
import OpenIDConnectStrategy from 'passport-openidconnect';

const { ISSUER, BASE_URL, PORT } = process.env;
const metadata = await (await fetch(`${ISSUER}.well-known/openid-configuration`)).json();
passport.use(
  new OpenIDConnectStrategy(
    {
      issuer: metadata.issuer,
      authorizationURL: metadata.authorization_endpoint,
      tokenURL: metadata.token_endpoint,
      userInfoURL: metadata.userinfo_endpoint,
      clientID: 'passport',
      clientSecret: process.env.CLIENT_SECRET,
      callbackURL: `${BASE_URL}/callback`,
      scope: ['profile', 'email'],
    },
    (_issuer, profile, done) => done(null, profile),
  ),
);
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));
const app = express();
app.use(session({ secret: 'a secret of this test', resave: false, saveUninitialized: false }));
app.use(passport.initialize(), passport.session());
app.get('/login', passport.authenticate('openidconnect'));
app.get('/callback', passport.authenticate('openidconnect', { failWithError: true }), (_request, response) =>
  response.redirect('/'),
);
app.get('/', (request, response) => response.json({ authenticated: request.user !== undefined, user: request.user }));
app.use((error, _request, response, _next) => response.status(500).json({ error: String(error?.message ?? error) }));
app.listen(Number(PORT), '127.0.0.1', () => console.log('listening'));
