#!/usr/bin/env bash
# Parquet.Net writes UTC times without a zone, and DuckDB's AT TIME ZONE then moves them the wrong way.
#
# Version:  NuGet Parquet.Net 6.1.0; npm @duckdb/node-api 1.5.6-r.1 (DuckDB 1.5.6).
# Guess:    a DateTime of the kind Utc is read as TIMESTAMP WITH TIME ZONE, so that "at time zone 'Europe/Berlin'" gives its day in Berlin.
# Seen:     it is a TIMESTAMP. An order of 23:30 UTC, 00:30 on the 2nd in Berlin, is put on the 1st. Stating UTC first gives the 2nd.
# Hurts:    a report by local day is wrong for the orders of the hours around midnight, and right for most others.
# Needs:    the .NET SDK 10, node, npm
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
npm init -y >/dev/null; npm install --silent --no-audit --no-fund @duckdb/node-api@1.5.6-r.1
cat >write.cs <<'CS'
#:package Parquet.Net@6.1.0
using Parquet.Serialization;
await using var file = File.Create("orders.parquet");
await ParquetSerializer.SerializeAsync(new[] { new Order { PlacedAt = new(2026, 3, 1, 23, 30, 0, DateTimeKind.Utc) } }, file);
class Order { public DateTime PlacedAt { get; set; } }
CS
dotnet run write.cs
cat >read.mjs <<'JS'
import { DuckDBInstance } from '@duckdb/node-api';
const database = await (await DuckDBInstance.create(':memory:')).connect();
await database.run("set timezone = 'UTC'");
for (const value of ['typeof(PlacedAt)', "(PlacedAt at time zone 'Europe/Berlin')::date", "(PlacedAt at time zone 'UTC' at time zone 'Europe/Berlin')::date"])
  console.log((await (await database.runAndReadAll(`select (${value})::varchar from 'orders.parquet'`)).getRowsJson())[0][0]);
JS
node read.mjs | tee seen
diff seen - <<'SEEN'
TIMESTAMP
2026-03-01
2026-03-02
SEEN
