#!/usr/bin/env bash
# Popular bot lists take people in the browsers of social apps for bots.
#
# Versions: npm isbot 5.2.3, npm crawler-user-agents 1.60.0.
# Guess:    both know the in-app browsers of the apps in which creators post; what they match are fetchers.
# Seen:     isbot takes WeChat's browser (its token "Process/tools") and phones named "Spider 8" for bots. The crawler list takes
#           Facebook's Android browser ("MetaIAB Facebook") and Viber's for crawlers.
# Hurts:    these are the people whom creators bring. Their clicks would earn nothing.
# Needs:    node, npm
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null; npm install --silent --no-audit --no-fund isbot@5.2.3 crawler-user-agents@1.60.0
cat >classify.mjs <<'JS'
import { isbot } from 'isbot'; import { createRequire } from 'node:module';
const crawlers = createRequire(import.meta.url)('crawler-user-agents');
const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/140.0.7339.52 Mobile Safari/537.36';
const phone = `Mozilla/5.0 (Linux; Android 14; SM-S911B Build/UP1A.231005.007; wv) ${chrome}`;
const people = {
  'Instagram': `${phone} Instagram 321.0.0.39.106 Android (34/14; 420dpi; 1080x2109; samsung; SM-S911B; dm1q; qcom; de_DE; 571000001)`,
  'Facebook': `${phone} [FB_IAB/FB4A;FBAV/500.0.0.0;IABMV/1;] MetaIAB Facebook`,
  'WeChat': `${phone} Process/tools MicroMessenger/8.0.60.2860(0x28003C53) WeChat/arm64 Weixin NetType/WIFI Language/de ABI/arm64`,
  'Viber': `${phone} Viber/22.1`,
  'a phone named Spider 8': `Mozilla/5.0 (Linux; Android 11; Spider 8 Build/RP1A.200720.011) ${chrome}`,
};
for (const [name, agent] of Object.entries(people)) {
  const listed = crawlers.filter(crawler => new RegExp(crawler.pattern).test(agent)).map(crawler => crawler.pattern);
  console.log(`${name}: isbot ${isbot(agent)}, list ${listed.join(' ') || 'none'}`);
}
JS
node classify.mjs | tee seen
diff seen - <<'SEEN'
Instagram: isbot false, list none
Facebook: isbot false, list MetaIAB Facebook
WeChat: isbot true, list none
Viber: isbot false, list Viber
a phone named Spider 8: isbot true, list none
SEEN
