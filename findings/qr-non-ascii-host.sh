#!/usr/bin/env bash
# A QR code of an address with a non-ASCII host leads some readers to another host.
#
# Versions: npm qrcode 1.5.4 (writer), npm jsqr 1.4.0 and zbar 0.23 of Debian 12 (readers).
# Guess:    both readers return the text that was written, because QR codes carry bytes.
# Seen:     qrcode writes UTF-8 without saying so. jsqr guesses UTF-8; zbar guesses another encoding and returns
#           https://m羹ller.example, a host that belongs to someone else or to no one.
# Hurts:    a printed code cannot be corrected. Write the host as punycode; both readers then agree.
# Needs:    node, npm, zbarimg (apt-get install zbar-tools)
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null; npm install --silent --no-audit --no-fund qrcode@1.5.4 jsqr@1.4.0 pngjs@7.0.0
cat >read.mjs <<'JS'
import QR from 'qrcode'; import jsQR from 'jsqr'; import fs from 'node:fs';
import { PNG } from 'pngjs'; import { execFileSync } from 'node:child_process';
for (const address of ['https://müller.example/r/mia', 'https://xn--mller-kva.example/r/mia']) {
  await QR.toFile('code.png', address, { scale: 6 });
  const image = PNG.sync.read(fs.readFileSync('code.png'));
  const jsqr = jsQR(Uint8ClampedArray.from(image.data), image.width, image.height).data;
  const zbar = execFileSync('zbarimg', ['-q', '--raw', 'code.png'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString().trim();
  console.log(`${address}  jsqr: ${jsqr === address ? 'same' : jsqr}  zbar: ${zbar === address ? 'same' : zbar}`);
}
JS
node read.mjs | tee seen
diff seen - <<'SEEN'
https://müller.example/r/mia  jsqr: same  zbar: https://m羹ller.example/r/mia
https://xn--mller-kva.example/r/mia  jsqr: same  zbar: same
SEEN
