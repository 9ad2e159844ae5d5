#!/usr/bin/env bash
# .NET and browsers write the origin of an international host differently, so an allow list never matches.
#
# Versions: the .NET 10 base library (System.Uri), Node 20 (the URL standard, as in browsers).
# Guess:    Uri.GetLeftPart(Authority) is what a browser sends as Origin.
# Seen:     .NET keeps the letters as written, browsers send punycode. Uri.IdnHost has the browser's form.
# Hurts:    a shop under https://müller.example is registered, saved and shown, and every one of its visits is refused.
# Needs:    the .NET SDK 10, node
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
cat >origin.cs <<'CS'
var shop = new Uri("https://müller.example/spring");
Console.WriteLine($".NET GetLeftPart: {shop.GetLeftPart(UriPartial.Authority)}");
Console.WriteLine($".NET Host: {shop.Host}");
Console.WriteLine($".NET IdnHost: {shop.IdnHost}");
CS
{ dotnet run origin.cs; node -p '"browser: " + new URL("https://müller.example/spring").origin'; } | tee seen
diff seen - <<'SEEN'
.NET GetLeftPart: https://müller.example
.NET Host: müller.example
.NET IdnHost: xn--mller-kva.example
browser: https://xn--mller-kva.example
SEEN
