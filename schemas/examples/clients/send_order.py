"""Sends an order with its discount code, and sends it again while the host asks for patience. Python 3.9 or later, no packages.

    ATTRIBUTION_URL=http://127.0.0.1:8080 ATTRIBUTION_KEY=atr_… python3 send_order.py <order id> <code>
"""
import json
import os
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime, timezone

order_id, code = sys.argv[1:]
event = {
    "type": "redemption", "id": f"order-{order_id}", "occurredAt": datetime.now(timezone.utc).isoformat(timespec="milliseconds"), "orderId": order_id,
    "codes": [code], "currency": "USD", "gross": "100.00", "discount": "10.00", "customerKey": f"cus_{order_id}",  # money as text: no float rounds it
}
request = urllib.request.Request(
    os.environ.get("ATTRIBUTION_URL", "http://127.0.0.1:8080") + "/v1/events",
    data=json.dumps(event).encode(),
    headers={"content-type": "application/json", "authorization": f"Bearer {os.environ.get('ATTRIBUTION_KEY', '')}"},
)

for attempt in range(1, 9):
    wait = attempt
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read().decode()
        print(text)
        # Each event is answered by itself: one that is refused is refused for good, with its reason.
        sys.exit(json.loads(text)["rejected"])
    except urllib.error.HTTPError as fault:
        if fault.code not in (429, 503):
            sys.exit(f"{fault.code}: {fault.read().decode()}")
        wait = float(fault.headers.get("Retry-After", attempt))
    except OSError as fault:
        # Nobody knows whether it arrived: an event that is sent twice counts once.
        print(fault, file=sys.stderr)
    time.sleep(wait)
sys.exit("The host did not take it; send it again later.")
