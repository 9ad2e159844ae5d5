// Reports a landing, and passes the visitor's and the click's id to the shop's checkout.
// Options are attributes of the script's tag:
//   data-key      a publishable key (scope visit)
//   data-consent  stores and sends nothing until attribution.consent(true)
//   data-dnt      treats Do Not Track and Global Privacy Control as a refusal until attribution.consent(true)
//   data-domain   domain of the cookies, to share them among subdomains; default: this host only
//   data-cart     "shopify": writes the ids into the cart's attributes
// window.attribution = {consent: false} (or true), set before this script, states the visitor's earlier choice.
// Served without comments and indentation. Every comment has its own line, and no string spans several lines.
(function (w, d, n) {
  var tag = d.currentScript || d.querySelector('script[src*="attribution.js"]');
  var o = tag.dataset, said = (w.attribution || {}).consent, on = 0, visitor, click;

  function id() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), function (b) { return (b + 256).toString(16).slice(1) }).join('');
  }

  function read(name) {
    var found;
    try { found = (d.cookie.match('(?:^|; )' + name + '=([^;]*)') || [])[1] } catch (e) {}
    try { found = found || localStorage.getItem(name) } catch (e) {}
    return found;
  }

  // Stores a value for a year in a cookie or, if that fails, in local storage. Without a value, removes it from both.
  function keep(name, value) {
    try {
      d.cookie = name + '=' + (value || '') + ';path=/;samesite=lax;max-age=' + (value ? 31536000 : 0)
        + (o.domain ? ';domain=' + o.domain : '') + (location.protocol == 'https:' ? ';secure' : '');
    } catch (e) {}
    try {
      localStorage.removeItem(name);
      value && read(name) != value && localStorage.setItem(name, value);
    } catch (e) {}
  }

  function each(act) {
    visitor && act('atr_vid', visitor);
    click && act('atr_cid', click);
  }

  function fill() {
    each(function (name, value) {
      d.querySelectorAll('input[name=' + name + ']').forEach(function (input) { input.value = value });
    });
  }

  function start() {
    if (on || said === false) return;
    on = 1;
    var query = new URLSearchParams(), own, landed;
    new URLSearchParams(location.search).forEach(function (value, name) {
      if (name == 'atr_cid' && value) landed = value;
      if (/^(utm_\w+|atr_cid)$/.test(name)) query.append(name, value);
    });
    query = '' + query;
    visitor = read('atr_visitor') || id();
    click = landed || read('atr_click');
    keep('atr_visitor', visitor);
    click && keep('atr_click', click);
    fill();
    // A page reached from the shop itself, without a campaign link, is not a landing.
    try { own = new URL(d.referrer).host == location.host } catch (e) {}
    if (own && !query) return;
    var to = tag.src.replace(/attribution\.js.*/, 'v1/visits') + (o.key ? '?key=' + o.key : '');
    var body = JSON.stringify({
      // A landing that is reloaded, or reached by going back, is the same visit.
      id: landed && landed.length < 90 ? visitor + '.' + landed : id(),
      url: location.origin + location.pathname + (query && '?' + query),
      visitorId: visitor,
      referrer: d.referrer
    });
    try {
      n.sendBeacon && n.sendBeacon(to, body)
        || fetch(to, { method: 'POST', body: body, keepalive: true, mode: 'no-cors' }).catch(function () {});
    } catch (e) {}
    if (o.cart == 'shopify') {
      var attributes = {};
      each(function (name, value) { attributes[name] = value });
      fetch('/cart/update.js', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ attributes: attributes }) })
        .catch(function () {});
    }
  }

  function go() {
    d.prerendering ? d.addEventListener('prerenderingchange', start, { once: true }) : start();
  }

  function stop() {
    on = 0;
    d.querySelectorAll('input[name=atr_vid],input[name=atr_cid]').forEach(function (input) { input.value = '' });
    visitor = click = '';
    keep('atr_visitor');
    keep('atr_click');
  }

  w.attribution = {
    consent: function (yes) {
      said = !!yes;
      yes ? go() : stop();
    },
    ids: function () { return { visitorId: visitor, clickId: click } }
  };

  d.addEventListener('DOMContentLoaded', fill);
  d.addEventListener('submit', fill, true);
  d.addEventListener('click', function (e) {
    var a = visitor && e.target.closest && e.target.closest('a[href^="https://buy.stripe.com/"]');
    if (a) {
      var url = new URL(a.href);
      url.searchParams.set('client_reference_id', 'atr_' + visitor);
      a.href = url;
    }
  }, true);

  if (said === false) stop();
  else if (said || !(o.consent != null || o.dnt != null && (n.globalPrivacyControl || n.doNotTrack == 1))) go();
})(window, document, navigator);
