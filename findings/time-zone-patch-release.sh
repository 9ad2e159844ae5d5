#!/usr/bin/env bash
# A patch release of NodaTime moves orders to another day.
#
# Versions: NuGet NodaTime 3.3.4 (tzdb 2026d) and 3.3.7 (tzdb 2026f).
# Guess:    3.3.4 to 3.3.7 fixes bugs; a stored instant keeps its local day.
# Seen:     in Winnipeg and Havana the same instant is another day, because the package carries the time zones.
# Hurts:    reports by local day change for days that were told and paid. The version of the zones must be stored with the days.
# Needs:    the .NET SDK 10
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
for version in 3.3.4 3.3.7; do
  mkdir "$version"
  cat >"$version/day.cs" <<CS
#:package NodaTime@$version
using NodaTime;
var zones = DateTimeZoneProviders.Tzdb;
foreach (var (zone, instant) in new[] { ("America/Winnipeg", Instant.FromUtc(2026, 11, 30, 5, 30)), ("America/Havana", Instant.FromUtc(2026, 11, 30, 4, 30)) })
    Console.WriteLine(\$"NodaTime $version, {zones.VersionId.Split(' ')[1]}: {instant} in {zone} is {instant.InZone(zones[zone]).Date:uuuu-MM-dd}");
CS
  (cd "$version" && dotnet run day.cs)
done | tee seen
diff seen - <<'SEEN'
NodaTime 3.3.4, 2026d: 2026-11-30T05:30:00Z in America/Winnipeg is 2026-11-29
NodaTime 3.3.4, 2026d: 2026-11-30T04:30:00Z in America/Havana is 2026-11-29
NodaTime 3.3.7, 2026f: 2026-11-30T05:30:00Z in America/Winnipeg is 2026-11-30
NodaTime 3.3.7, 2026f: 2026-11-30T04:30:00Z in America/Havana is 2026-11-30
SEEN
