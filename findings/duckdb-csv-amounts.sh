#!/usr/bin/env bash
# DuckDB reads amounts in a CSV file as floating point, so sums of cents are not exact.
#
# Version:  npm @duckdb/node-api 1.5.6-r.1 (DuckDB 1.5.6).
# Guess:    a column of 0.10 is sniffed as DECIMAL, as DuckDB does for the literal 0.10, and 1,000 of them are 100.
# Seen:     the column is DOUBLE and the sum is 99.9999999999986. With a type given for the column it is 100.00.
# Hurts:    a report that is compared "to the cent" differs, and a filter such as "sum = 100" finds nothing.
# Needs:    node, npm
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm init -y >/dev/null; npm install --silent --no-audit --no-fund @duckdb/node-api@1.5.6-r.1
{ echo order,net; for i in $(seq 1000); do echo "$i,0.10"; done; } >orders.csv
cat >sum.mjs <<'JS'
import { DuckDBInstance } from '@duckdb/node-api';
const database = await (await DuckDBInstance.create(':memory:')).connect();
for (const query of [
  'select typeof(0.10)',
  "select typeof(any_value(net)), sum(net)::varchar from 'orders.csv'",
  "select typeof(any_value(net)), sum(net)::varchar from read_csv('orders.csv', types = {'net': 'DECIMAL(18,2)'})",
]) console.log((await (await database.runAndReadAll(query)).getRowsJson())[0].join(' '));
JS
node sum.mjs | tee seen
diff seen - <<'SEEN'
DECIMAL(3,2)
DOUBLE 99.9999999999986
DECIMAL(18,2) 100.00
SEEN
