/** The operator's HTTP SMS gateway: one signed POST a message. */
import { headers, sign } from './signature.ts';
import { ExpectedError } from '../expected-error.ts';

export interface SmsGatewayOptions {
  /** Where messages are posted to. https, or http on loopback. */
  url: string;
  /** Shared with the gateway; signs every message. */
  secret: string;
  /** From the request to the end of the answer, ms. */
  deadlineMs: number;
}

/** One message as the gateway gets it. */
export interface Sms {
  /** Idempotency key: a gateway that has seen it must not send a second SMS. */
  id: string;
  /** E.164. */
  to: string;
  text: string;
}

/** The gateway did not take a message. Says why without number and text. */
export class SmsFailed extends ExpectedError {
  override readonly name = 'SmsFailed';
  /** It refuses this very message: trying again would not help. */
  readonly isFinal: boolean;

  constructor(message: string, isFinal: boolean) {
    super(message);
    this.isFinal = isFinal;
  }
}

/**
 * Answers that mean "never, as it is": malformed, gone, too large, cannot be processed. 401 and 403
 * are not among them: those are a wrong secret, which an admin mends.
 */
const finalStatuses = new Set([400, 410, 413, 422]);

/**
 * Hands one message to the gateway; resolves when it answers 2xx. Redirects are not followed: they
 * would carry the number elsewhere.
 *
 * @throws SmsFailed
 */
export async function sendSms(
  { url, secret, deadlineMs }: SmsGatewayOptions,
  sms: Sms,
  nowMs = Date.now(),
): Promise<void> {
  const body = JSON.stringify(sms);
  const timestamp = String(Math.floor(nowMs / 1000));
  const request = {
    'content-type': 'application/json',
    [headers.timestamp]: timestamp,
    [headers.signature]: sign(secret, timestamp, body),
    [headers.idempotencyKey]: sms.id,
  };
  let status: number;
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: request,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(deadlineMs),
    });
    status = answer.status;
    await answer.body?.cancel();
  } catch (error) {
    throw new SmsFailed(failureOf(error, deadlineMs), false);
  }
  if (status < 200 || status >= 300)
    throw new SmsFailed(`the gateway answered ${status}`, finalStatuses.has(status));
}

/** fetch hides the reason in its error's cause; of that only the code is kept. */
function failureOf(error: unknown, deadlineMs: number): string {
  const { name, cause } = error as { name?: unknown; cause?: { code?: unknown } };
  if (name === 'TimeoutError') return `no answer within ${deadlineMs} ms`;
  return `the gateway cannot be reached (${typeof cause?.code === 'string' ? cause.code.slice(0, 40) : 'no connection'})`;
}
