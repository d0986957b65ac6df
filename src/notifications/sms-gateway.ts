/** The operator's HTTP SMS gateway: one signed POST per message. */
import { headers, keyOf, sign, SecretError } from './signature.ts';
import { ExpectedError } from '../expected-error.ts';
import { describeTlsFailure } from '../machine/tls-failure.ts';

export interface SmsGatewayOptions {
  /** Address that messages are posted to: https, or http on loopback. */
  url: string;
  /** Shared with the gateway; signs every message. Its two forms: {@link keyOf}. */
  secret: string;
  /** Longest time from the request to the end of the response, ms. */
  deadlineMs: number;
}

/** One message, as it is sent. */
export interface Sms {
  /** The reset's id, also sent as `webhook-id`: a gateway that has seen it must not send a second SMS. */
  id: string;
  /** E.164. */
  to: string;
  text: string;
}

/** The gateway did not accept a message. The reason holds neither number nor text. */
export class SmsFailed extends ExpectedError {
  override readonly name = 'SmsFailed';
  /** The gateway refuses this message as it is: trying again would not help. */
  readonly isFinal: boolean;

  constructor(message: string, isFinal: boolean) {
    super(message);
    this.isFinal = isFinal;
  }
}

/**
 * Statuses that refuse the message itself: malformed, gone, too large, cannot be processed. 401 and
 * 403 are not among them: they mean a wrong secret, which an admin can correct.
 */
const finalStatuses = new Set([400, 410, 413, 422]);

/**
 * Sends one message; resolves when the gateway answers 2xx. Redirects are not followed: they would
 * send the number to another address.
 *
 * @throws SmsFailed
 */
export async function sendSms(
  { url, secret, deadlineMs }: SmsGatewayOptions,
  sms: Sms,
  nowMs = Date.now(),
): Promise<void> {
  const body = JSON.stringify(sms);
  let status: number;
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signedHeaders(secret, sms.id, body, nowMs) },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(deadlineMs),
    });
    status = answer.status;
    await answer.body?.cancel();
  } catch (error) {
    throw new SmsFailed(failureOf(error, new URL(url).hostname, deadlineMs), false);
  }
  if (status < 200 || status >= 300)
    throw new SmsFailed(`the gateway answered ${status}`, finalStatuses.has(status));
}

function signedHeaders(secret: string, id: string, body: string, nowMs: number): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1000));
  return {
    [headers.id]: id,
    [headers.timestamp]: timestamp,
    [headers.signature]: sign(keyOf(secret), { id, timestamp, body }),
  };
}

/** fetch hides the reason in the cause of its error, of which only the code is kept. */
function failureOf(error: unknown, host: string, deadlineMs: number): string {
  if (error instanceof SecretError) return error.message;
  const { name, cause } = error as { name?: unknown; cause?: { code?: unknown } };
  if (name === 'TimeoutError') return `no answer within ${deadlineMs} ms`;
  const tls = describeTlsFailure(cause, host);
  if (tls !== null) return `the gateway cannot be reached: ${tls}`;
  return `the gateway cannot be reached (${typeof cause?.code === 'string' ? cause.code.slice(0, 40) : 'no connection'})`;
}
