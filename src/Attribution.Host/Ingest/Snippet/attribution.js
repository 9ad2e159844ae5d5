// Reports a landing, and passes the visitor's and the click's id to the shop's checkout.
// Options are attributes of the script's tag:
//   data-key      a publishable key (scope visit)
//   data-consent  stores and sends nothing until attribution.consent(true)
//   data-dnt      treats Do Not Track and Global Privacy Control as a refusal until attribution.consent(true)
//   data-domain   domain of the cookies, to share them among subdomains; default: this host only. If the script comes from a
//                 subdomain of it, the answer to a visit sets the cookies, which browsers keep longer
//   data-cart     "shopify": writes the ids into the cart's attributes
//   data-read     forms of campaign parameters that are read in addition to the ordinary query, separated by spaces; default: all
//                 fragment  #utm_source=…, #/page?utm_source=…
//                 second    ?a=1?utm_source=…
//                 entity    &amp;utm_source=…, &#038;utm_source=…
//                 case      UTM_SOURCE=…
//                 ucp       attribution/utm_source=…
//                 push      addresses that a page takes by history.pushState or a changed fragment
// window.attribution = {consent: false} (or true), set before this script, states the visitor's earlier choice.
// Served without comments and white space. Every comment has its own line, strings have single quotes and none within, and every
// statement ends with a semicolon or a block.
(function (w, d, n) {
  var tag = d.currentScript || d.querySelector('script[src*="attribution.js"]');
  var o = tag.dataset, said = (w.attribution || {}).consent, on = 0, visitor, click;
  // Landings are held in memory from the start: consent may come late, and pages clean their address.
  var landings = [], done = 0, seen = {};
  // The cookies of a server live longer than those of a script, so the script does not overwrite them.
  var served = o.domain && tag.src.split('/')[2].split(':')[0].endsWith('.' + o.domain);

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
    if (served && value && read(name) == value) return;
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

  function put(name, value) {
    d.querySelectorAll('input[name=' + name + ']').forEach(function (input) { input.value = value });
  }

  function fill() {
    each(put);
  }

  function reads(form) {
    return o.read == null || o.read.indexOf(form) >= 0;
  }

  // Returns the campaign parameters of an address as a query. Those of other forms count if the ordinary query lacks them.
  function campaign(url) {
    var query = new URLSearchParams(), hash = url.hash, rest = url.search.slice(1);
    function take(text, odd) {
      var known = new URLSearchParams('' + query);
      new URLSearchParams(text).forEach(function (value, name) {
        if (odd && reads('entity')) name = name.replace(/^((amp|#?0*38);)+/i, '');
        if (odd && reads('ucp')) name = name.replace(/^attribution\//i, '');
        if (odd && reads('case')) name = name.toLowerCase();
        if (/^(utm_\w+|atr_cid)$/.test(name) && !(odd && known.has(name))) query.append(name, value);
      });
    }
    if (!reads('second')) take(rest);
    else {
      take(rest.replace(/(=[^&/:%?]*)\?[^&=]+=[^&]*/g, '$1'));
      rest = rest.replace(/((^|[=&])[^&/:%?]*)\?/g, '$1&');
    }
    if (reads('fragment') || /^#0*38;/.test(hash)) rest += '&' + hash.slice(1).replace(/^[^=]*\?/, '');
    take(rest, 1);
    return query;
  }

  // Remembers the page's address as a landing, unless its campaign is known.
  function land(referrer) {
    var url = new URL(location.href), query = campaign(url);
    // A page reached from the shop itself, without a campaign link, is not a landing.
    if (referrer.split('/')[2] == url.host && (seen[query] || !('' + query))) return;
    seen[query] = 1;
    landings.push([url.origin + url.pathname, query, referrer]);
    on && report();
  }

  function report() {
    var fresh = done < landings.length;
    for (; done < landings.length; done++) {
      var landing = landings[done], query = '' + landing[1], landed = landing[1].getAll('atr_cid').filter(Boolean).pop();
      click = landed || click;
      var to = tag.src.replace(/attribution\.js.*/, 'v1/visits') + (o.key ? '?key=' + o.key : '');
      var body = JSON.stringify({
        // A landing that is reloaded, or reached by going back, is the same visit.
        id: landed && landed.length < 90 ? visitor + '.' + landed : id(),
        url: landing[0] + (query && '?' + query),
        visitorId: visitor,
        referrer: landing[2],
        domain: o.domain
      });
      try {
        n.sendBeacon && n.sendBeacon(to, body)
          || fetch(to, { method: 'POST', body: body, keepalive: true, mode: 'no-cors', credentials: 'include' }).catch(function () {});
      } catch (e) {}
    }
    click && keep('atr_click', click);
    fill();
    if (fresh && o.cart == 'shopify') {
      var attributes = {};
      each(function (name, value) { attributes[name] = value });
      fetch('/cart/update.js', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ attributes: attributes }) })
        .catch(function () {});
    }
  }

  function start() {
    if (on || said === false) return;
    on = 1;
    visitor = read('atr_visitor') || id();
    click = read('atr_click');
    keep('atr_visitor', visitor);
    report();
  }

  function go() {
    d.prerendering ? d.addEventListener('prerenderingchange', start, { once: true }) : start();
  }

  function stop() {
    on = done = 0;
    put('atr_vid', '');
    put('atr_cid', '');
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

  land(d.referrer);
  if (reads('push')) {
    var push = history.pushState;
    history.pushState = function () {
      push.apply(this, arguments);
      land(location.href);
    };
    w.addEventListener('hashchange', function () { land(location.href) });
  }

  if (said === false) stop();
  else if (said || !(o.consent != null || o.dnt != null && (n.globalPrivacyControl || n.doNotTrack == 1))) go();
})(window, document, navigator);
