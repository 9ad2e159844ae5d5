#!/usr/bin/env bash
# Quartz fires two schedules of an hour that does not exist at one instant, and accepts schedules that never fire.
#
# Version:  NuGet Quartz 4.7.3.
# Guess:    02:00 and 02:30 of the night in which clocks go forward fire at 03:00 and 03:30, half an hour apart as ever;
#           TryParse refuses a date that does not exist.
# Seen:     both fire at 03:00. The 30th of February is accepted and has no next time; a scheduler refuses it only when it starts.
# Hurts:    two nightly jobs that were set apart run together once a year, and a mistyped schedule is found in production.
# Needs:    the .NET SDK 10
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
cat >cron.cs <<'CS'
#:package Quartz@4.7.3
using Quartz;
var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
var evening = new DateTimeOffset(2026, 3, 28, 12, 0, 0, TimeSpan.Zero);
foreach (var cron in new[] { "0 0 2 * * ?", "0 30 2 * * ?" })
    Console.WriteLine($"{cron}: {TimeZoneInfo.ConvertTime(new CronExpression(cron, berlin).GetNextValidTimeAfter(evening)!.Value, berlin):yyyy-MM-dd HH:mm zzz}");
Console.WriteLine($"0 0 0 30 2 ?: accepted {CronExpression.TryParse("0 0 0 30 2 ?", out var never)}, next {never?.GetNextValidTimeAfter(evening)?.ToString() ?? "never"}");
CS
dotnet run cron.cs | tee seen
diff seen - <<'SEEN'
0 0 2 * * ?: 2026-03-29 03:00 +02:00
0 30 2 * * ?: 2026-03-29 03:00 +02:00
0 0 0 30 2 ?: accepted True, next never
SEEN
