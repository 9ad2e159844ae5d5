#!/usr/bin/env bash
# A SQLite database whose write-ahead log was cut opens without an error, with fewer committed rows.
#
# Version:  sqlite3 3.40.1 of Debian 12 (apt-get install sqlite3).
# Guess:    a log that ends in the middle of a committed transaction is reported, at least by integrity_check.
# Seen:     the transaction is taken for one that never committed. The rows are gone, integrity_check says ok.
# Hurts:    a backup that copied the log while it was written, or a disk that lost its end, is restored without a word.
#           Whoever promised the row must keep a mark of the newest commit elsewhere.
# Needs:    sqlite3
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
sqlite3 orders.db 'pragma journal_mode = wal; create table orders (id)' >/dev/null
sqlite3 orders.db 'pragma wal_autocheckpoint = 0' "insert into orders values ('1001')" "insert into orders values ('1002')" \
  "insert into orders values ('1003')" 'select count(*) || " committed" from orders' '.shell cp orders.db copy.db; cp orders.db-wal copy.db-wal' |
  grep committed | tee seen
truncate -s -100 copy.db-wal
sqlite3 copy.db 'select count(*) || " after the cut" from orders' 'pragma integrity_check' | tee -a seen
diff seen - <<'SEEN'
3 committed
2 after the cut
ok
SEEN
