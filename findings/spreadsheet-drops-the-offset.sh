#!/usr/bin/env bash
# MiniExcel writes a time with an offset as the sender's wall clock, and long amounts as numbers that no spreadsheet holds.
#
# Version:  NuGet MiniExcel 1.46.0.
# Guess:    one instant told with two offsets becomes one value, or its offset stands beside it; an amount keeps its cents.
# Seen:     10:15 UTC and 11:15 +01:00, the same instant, are cells an hour apart. 12345678901234567.89 is written with all digits as a
#           number, of which a spreadsheet keeps 15: it reads ...568.00.
# Hurts:    orders from shops in two zones sort wrongly, some lie on another day, and sums of large amounts in yen or rupiah lose units.
# Needs:    the .NET SDK 10, unzip, node
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
cat >write.cs <<'CS'
#:package MiniExcel@1.46.0
using MiniExcelLibs;
var utc = new DateTimeOffset(2026, 3, 2, 10, 15, 0, TimeSpan.Zero);
using var file = File.Create("orders.xlsx");
MiniExcel.SaveAs(file, new[] { new { At = utc, Net = 12345678901234567.89m }, new { At = utc.ToOffset(TimeSpan.FromHours(1)), Net = 0.10m } });
CS
dotnet run write.cs
unzip -p orders.xlsx xl/worksheets/sheet1.xml | grep -o '<x:c r="[AB][23]"[^>]*><x:v>[^<]*' | sed -E 's/<x:c r="(..)".*<x:v>/\1 /' | tee seen
node -p '"as a number: " + (12345678901234567.89).toFixed(2)' | tee -a seen
diff seen - <<'SEEN'
A2 46083.427083333336
B2 12345678901234567.89
A3 46083.46875
B3 0.10
as a number: 12345678901234568.00
SEEN
