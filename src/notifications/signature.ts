/** How a gateway knows that a message is ours and new: an HMAC over time and body. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Names of the HTTP headers, as sent; both ends take them from here. */
export const headers = {
  /** Seconds since the epoch, decimal. */
  timestamp: 'x-hotline-timestamp',
  /** `sha256=` and 64 hexadecimal digits, see {@link sign}. */
  signature: 'x-hotline-signature',
  /** Same for every attempt of one message (draft-ietf-httpapi-idempotency-key-header). */
  idempotencyKey: 'idempotency-key',
} as const;

/** A message older or newer than this by the receiver's clock is refused: a recorded one cannot be sent again. */
export const toleranceSeconds = 300;

/** HMAC-SHA-256 over `<timestamp>.<body>`, as `sha256=<hex>`. */
export function sign(secret: string, timestamp: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

/** Whether the signature is right and the time is near `nowMs`. Takes the same time for every wrong signature. */
export function isSigned(
  secret: string,
  message: { timestamp: string; signature: string; body: string },
  nowMs: number,
): boolean {
  const expected = Buffer.from(sign(secret, message.timestamp, message.body));
  const given = Buffer.from(message.signature);
  const isRight = given.length === expected.length && timingSafeEqual(given, expected);
  const isNear =
    /^\d{1,12}$/.test(message.timestamp) &&
    Math.abs(nowMs / 1000 - Number(message.timestamp)) <= toleranceSeconds;
  return isRight && isNear;
}
