/** A site with nothing but a page that loads Auth0's SDKs for browsers, unmodified, as they are published. */
import { readFileSync } from 'node:fs';
import { listenWithTls } from './tls.mjs';

const MODULES = new URL('../../../../node_modules/', import.meta.url);
const SCRIPTS = {
  '/auth0-spa-js.js': '@auth0/auth0-spa-js/dist/auth0-spa-js.production.js',
  '/auth0-js.js': 'auth0-js/dist/auth0.min.js',
};
// Both call themselves `auth0`, so a page has one of them.
const page = (script) =>
  `<!doctype html><title>Single page</title><h1>Single page</h1><script src="${script}"></script>`;

listenWithTls((request, response) => {
  const { pathname } = new URL(request.url, 'https://localhost');
  const script = SCRIPTS[pathname];
  if (script !== undefined) {
    response.writeHead(200, { 'content-type': 'text/javascript' }).end(readFileSync(new URL(script, MODULES)));
    return;
  }
  const wanted = pathname === '/auth0-js' ? '/auth0-js.js' : '/auth0-spa-js.js';
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page(wanted));
}, Number(process.env.PORT));
