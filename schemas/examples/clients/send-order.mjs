// Sends an order with its discount code, and sends it again while the host asks for patience. Node 18 or later, no packages.
//   ATTRIBUTION_URL=http://127.0.0.1:8080 ATTRIBUTION_KEY=atr_… node send-order.mjs <order id> <code>
import { setTimeout as pause } from 'node:timers/promises';

const [orderId, code] = process.argv.slice(2);
const url = process.env.ATTRIBUTION_URL ?? 'http://127.0.0.1:8080';
const event = {
  type: 'redemption', id: `order-${orderId}`, occurredAt: new Date().toISOString(), orderId, codes: [code],
  currency: 'USD', gross: '100.00', discount: '10.00', customerKey: `cus_${orderId}`, // money as text: no float rounds it
};

for (let attempt = 1; ; attempt++) {
  try {
    const answer = await fetch(`${url}/v1/events`, {
      method: 'POST', body: JSON.stringify(event), signal: AbortSignal.timeout(10_000),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${process.env.ATTRIBUTION_KEY ?? ''}` },
    });
    const text = await answer.text();
    if (answer.status === 202) {
      console.log(text);
      // Each event is answered by itself: one that is refused is refused for good, with its reason.
      process.exit(JSON.parse(text).rejected);
    }
    if (![429, 503].includes(answer.status) || attempt === 8) {
      console.error(`${answer.status}: ${text}`);
      process.exit(1);
    }
    await pause(1000 * Number(answer.headers.get('retry-after') ?? attempt));
  } catch (fault) {
    // Nobody knows whether it arrived: an event that is sent twice counts once.
    if (attempt === 8) throw fault;
    await pause(1000 * attempt);
  }
}
