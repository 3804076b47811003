(function () {
  function browserStates() {
    var found = /(?:^|; )(?:__Host-)?tandem_session_state=([^;]*)/.exec(document.cookie);
    return (found ? found[1] : '').split('.');
  }
  function base64url(buffer) {
    var text = '';
    new Uint8Array(buffer).forEach(function (byte) {
      text += String.fromCharCode(byte);
    });
    return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  }
  window.addEventListener('message', function (event) {
    var parts = typeof event.data === 'string' ? event.data.split(' ') : [];
    var state = (parts[1] || '').split('.');
    if (parts.length !== 2 || state.length !== 2 || !event.source) {
      if (event.source) event.source.postMessage('error', event.origin);
      return;
    }
    var hashes = browserStates().map(function (browserState) {
      var text = parts[0] + ' ' + event.origin + ' ' + browserState + ' ' + state[1];
      return crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)).then(base64url);
    });
    Promise.all(hashes).then(function (known) {
      event.source.postMessage(known.indexOf(state[0]) >= 0 ? 'unchanged' : 'changed', event.origin);
    });
  });
})();
