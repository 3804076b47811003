(function () {
  var link = document.querySelector('a.primary');
  var frames = document.querySelectorAll('iframe.silent');
  var waiting = frames.length;
  var left = false;
  function leave() {
    if (!left) {
      left = true;
      location.replace(link.href);
    }
  }
  if (waiting === 0) leave();
  frames.forEach(function (frame) {
    frame.addEventListener('load', function () {
      if (--waiting === 0) leave();
    });
  });
  setTimeout(leave, 3000);
})();
