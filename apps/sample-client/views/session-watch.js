(function () {
  var frame = document.getElementById('op');
  var answer = document.getElementById('answer');
  function ask() {
    frame.contentWindow.postMessage(frame.dataset.message, frame.dataset.origin);
  }
  window.addEventListener('message', function (event) {
    if (event.origin === frame.dataset.origin && event.source === frame.contentWindow) answer.textContent = event.data;
  });
  frame.addEventListener('load', ask);
  setInterval(ask, 2000);
})();
