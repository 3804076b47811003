/** openid-client 5, which knows all three hybrid types and checks c_hash and at_hash itself. */
import { createServer } from 'node:http';
import { generators, Issuer } from 'openid-client-5';

const { ISSUER, BASE_URL, PORT } = process.env;
const issuer = await Issuer.discover(ISSUER);
const transactions = new Map();

const clientFor = (responseType) =>
  new issuer.Client({
    client_id: 'library',
    client_secret: process.env.CLIENT_SECRET,
    redirect_uris: [`${BASE_URL}/callback`],
    response_types: [responseType],
  });

async function answer(request, body) {
  const url = new URL(request.url, BASE_URL);
  if (url.pathname === '/login') {
    const responseType = url.searchParams.get('response_type');
    const [state, nonce, verifier] = [generators.state(), generators.nonce(), generators.codeVerifier()];
    transactions.set(state, { responseType, nonce, verifier });
    const challenge = generators.codeChallenge(verifier);
    const address = clientFor(responseType).authorizationUrl({
      scope: 'openid email',
      response_type: responseType,
      response_mode: 'form_post',
      state,
      nonce,
      code_challenge: challenge,
      code_challenge_method: 'S256',
    });
    return { status: 303, headers: { location: address } };
  }
  const parameters = Object.fromEntries(new URLSearchParams(body));
  const { responseType, nonce, verifier } = transactions.get(parameters.state);
  const client = clientFor(responseType);
  const tokens = await client.callback(`${BASE_URL}/callback`, parameters, {
    state: parameters.state,
    nonce,
    code_verifier: verifier,
    response_type: responseType,
  });
  const userinfo = await client.userinfo(tokens);
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ claims: tokens.claims(), userinfo, responseType }),
  };
}

createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    void answer(request, body)
      .catch((error) => ({ status: 500, headers: {}, body: JSON.stringify({ error: String(error.message) }) }))
      .then(({ status, headers, body: text }) => response.writeHead(status, headers).end(text));
  });
}).listen(Number(PORT), '127.0.0.1', () => console.log('listening'));
