#!/usr/bin/env bash
# Lists of currencies lag behind ISO 4217: .NET's country still pays in lev, and npm's list has no Caribbean guilder.
#
# Version:  .NET 10 with ICU 72 of Debian 12; npm country-to-currency 3.0.1, currency-codes 2.2.0.
# Guess:    on a current runtime Bulgaria pays in EUR (since 2026-01-01) and Curacao in XCG (since 2025-03-31), and a list of ISO 4217 has both.
# Seen:     RegionInfo answers BGN and ANG, since ICU comes with the operating system; country-to-currency answers EUR and XCG.
#           currency-codes does not know XCG, and still knows BGN and ANG.
# Hurts:    a currency proposed from the country can be one that no shop uses, and an order in a new currency is refused as unknown.
# Needs:    Debian 12 with libicu72, the .NET SDK 10, node, npm
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
npm init -y >/dev/null; npm install --silent --no-audit --no-fund country-to-currency@3.0.1 currency-codes@2.2.0
cat >region.cs <<'CS'
using System.Globalization;
foreach (var country in new[] { "BG", "CW", "HR" }) Console.WriteLine($"RegionInfo {country}: {new RegionInfo(country).ISOCurrencySymbol}");
CS
cat >lists.cjs <<'JS'
const byCountry = require('country-to-currency').default;
for (const country of ['BG', 'CW', 'HR']) console.log(`country-to-currency ${country}: ${byCountry[country]}`);
for (const code of ['EUR', 'XCG', 'ANG', 'BGN']) console.log(`currency-codes ${code}: ${require('currency-codes').code(code) ? 'known' : 'unknown'}`);
JS
{ dotnet run region.cs; node lists.cjs; } | tee seen
diff seen - <<'SEEN'
RegionInfo BG: BGN
RegionInfo CW: ANG
RegionInfo HR: EUR
country-to-currency BG: EUR
country-to-currency CW: XCG
country-to-currency HR: EUR
currency-codes EUR: known
currency-codes XCG: unknown
currency-codes ANG: known
currency-codes BGN: known
SEEN
