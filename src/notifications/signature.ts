/**
 * How the gateway knows that a message is ours and new: the symmetric signatures of the Standard
 * Webhooks specification 1.0 (https://www.standardwebhooks.com), for which verifying libraries exist
 * in many languages.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { ExpectedError } from '../expected-error.ts';

/** Names of the HTTP headers; sender and receiver take them from here. */
export const headers = {
  /** The same for every attempt of one message: a receiver that has seen it drops the repetition. */
  id: 'webhook-id',
  /** When the attempt was made: seconds since the epoch, decimal. */
  timestamp: 'webhook-timestamp',
  /** See {@link sign}. A receiver accepts several, separated by spaces, of which one must be right. */
  signature: 'webhook-signature',
} as const;

/**
 * A message whose timestamp is further from the receiver's clock than this is refused, so that a
 * recorded one cannot be replayed.
 */
const toleranceSeconds = 300;

/** The least that the specification asks of a secret. */
const minKeyBytes = 24;
const prefix = 'whsec_';
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** SMS_GATEWAY_SECRET has the form of the specification and does not keep to it. Does not hold the secret. */
export class SecretError extends ExpectedError {
  override readonly name = 'SecretError';
}

/** What is signed: the message and the two headers that go with it. */
export interface SignedMessage {
  /** {@link headers.id}; holds no full stop. */
  readonly id: string;
  /** {@link headers.timestamp} */
  readonly timestamp: string;
  /** The body as it is sent, byte for byte. */
  readonly body: string;
}

/**
 * The key that a secret stands for. `whsec_` followed by base64 is the form of the specification:
 * the key is what the base64 decodes to, 24 bytes at least. Any other text is itself the key, as UTF-8.
 *
 * @param secret SMS_GATEWAY_SECRET
 * @throws SecretError when what follows `whsec_` is not base64, or too short
 */
export function keyOf(secret: string): Buffer {
  if (!secret.startsWith(prefix)) return Buffer.from(secret);
  const encoded = secret.slice(prefix.length);
  const key = Buffer.from(encoded, 'base64');
  if (!base64.test(encoded) || key.length < minKeyBytes)
    throw new SecretError(
      `SMS_GATEWAY_SECRET begins with ${prefix}: expected base64 of at least ${minKeyBytes} bytes after it`,
    );
  return key;
}

/** Whether {@link keyOf} takes the secret. */
export function isUsableSecret(secret: string): boolean {
  try {
    keyOf(secret);
    return true;
  } catch {
    return false;
  }
}

/** `v1,` and the base64 of the HMAC-SHA-256 over `<id>.<timestamp>.<body>`. */
export function sign(key: Buffer, { id, timestamp, body }: SignedMessage): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/**
 * Whether one of the signatures is right and the timestamp is near `nowMs`. The time it takes does
 * not depend on where a signature is wrong.
 *
 * @param signatures the header {@link headers.signature}
 */
export function isSigned(key: Buffer, message: SignedMessage, signatures: string, nowMs: number): boolean {
  const expected = Buffer.from(sign(key, message));
  const isRight = signatures
    .split(' ')
    .map((signature) => Buffer.from(signature))
    .some((given) => given.length === expected.length && timingSafeEqual(given, expected));
  const isNear =
    /^\d{1,12}$/.test(message.timestamp) &&
    Math.abs(nowMs / 1000 - Number(message.timestamp)) <= toleranceSeconds;
  return isRight && isNear;
}
