addEventListener('DOMContentLoaded', () => {
  const form = document.getElementById('passkey');
  const button = form.querySelector('button');
  const creating = form.dataset.ceremony === 'create';
  let waiting;

  const say = (name) =>
    form.querySelectorAll('[data-note]').forEach((note) => {
      note.hidden = note.dataset.note !== name;
    });
  if (!window.PublicKeyCredential || !navigator.credentials) return say('unsupported');

  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
  const base64url = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '');

  // Browsers from before WebAuthn Level 3 have no JSON of their own.
  function optionsFrom(json) {
    const parse = creating ? 'parseCreationOptionsFromJSON' : 'parseRequestOptionsFromJSON';
    if (PublicKeyCredential[parse]) return PublicKeyCredential[parse](json);
    const options = { ...json, challenge: bytes(json.challenge) };
    if (!creating) return options;
    options.user = { ...json.user, id: bytes(json.user.id) };
    options.excludeCredentials = json.excludeCredentials.map((one) => ({ ...one, id: bytes(one.id) }));
    return options;
  }
  function jsonOf(credential) {
    if (credential.toJSON) return credential.toJSON();
    const { id, type, response } = credential;
    const members = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];
    const encoded = members.filter((name) => response[name]).map((name) => [name, base64url(response[name])]);
    const transports = response.getTransports ? response.getTransports() : [];
    return { id, rawId: id, type, response: { ...Object.fromEntries(encoded), transports } };
  }

  // Only one question at a time may be open; a new one takes the place of the one that waits in the username field.
  async function ask(more) {
    if (waiting) waiting.abort();
    const mine = new AbortController();
    waiting = mine;
    const publicKey = optionsFrom(JSON.parse(form.dataset.options));
    const request = { publicKey, signal: mine.signal, ...more };
    try {
      const credential = await (creating ? navigator.credentials.create(request) : navigator.credentials.get(request));
      form.elements.credential.value = JSON.stringify(jsonOf(credential));
      button.disabled = true;
      form.submit();
    } catch (error) {
      if (mine.signal.aborted) return;
      if (more) return;
      say({ InvalidStateError: 'already-there', SecurityError: 'unsupported' }[error.name] || 'cancelled');
      offer();
    }
  }
  async function offer() {
    const field = document.querySelector('input[autocomplete~="webauthn"]');
    const able = PublicKeyCredential.isConditionalMediationAvailable;
    if (!creating && field && able && (await PublicKeyCredential.isConditionalMediationAvailable()))
      await ask({ mediation: 'conditional' });
  }

  button.hidden = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    say();
    ask();
  });
  offer();
});
