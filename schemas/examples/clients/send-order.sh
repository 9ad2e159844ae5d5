#!/usr/bin/env bash
# Sends an order with its discount code, and sends it again while the host asks for patience.
#   ATTRIBUTION_URL=http://127.0.0.1:8080 ATTRIBUTION_KEY=atr_… ./send-order.sh <order id> <code>
set -euo pipefail
url=${ATTRIBUTION_URL:-http://127.0.0.1:8080}
event=$(printf '{"type":"redemption","id":"order-%s","occurredAt":"%s","orderId":"%s","codes":["%s"],"currency":"USD","gross":"100.00","discount":"10.00","customerKey":"cus_%s"}' \
  "$1" "$(date -u +%FT%TZ)" "$1" "$2" "$1")
# --retry waits as long as Retry-After says on 429 and 503; an event that is sent twice counts once.
answer=$(curl --silent --show-error --fail-with-body --retry 8 --retry-connrefused --max-time 10 "$url/v1/events" \
  -H "authorization: Bearer ${ATTRIBUTION_KEY:-}" -H 'content-type: application/json' --data "$event")
echo "$answer"
# 202 answers each event by itself: one that is refused is refused for good, with its reason.
[[ $answer == '{"accepted":1,"rejected":0,'* ]]
