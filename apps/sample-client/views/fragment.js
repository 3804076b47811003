(function () {
  var form = document.getElementById('answer');
  new URLSearchParams(location.hash.slice(1)).forEach(function (value, name) {
    var field = document.createElement('input');
    field.type = 'hidden';
    field.name = name;
    field.value = value;
    form.appendChild(field);
  });
  history.replaceState(null, '', location.pathname);
  form.submit();
})();
