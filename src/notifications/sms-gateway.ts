/** The operator's HTTP SMS gateway: one signed POST per message. */
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as connectPlain, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { headers, keyOf, sign, SecretError } from './signature.ts';
import { ExpectedError } from '../expected-error.ts';
import { describeTlsFailure } from '../machine/tls-failure.ts';
import { verifiedTls } from '../machine/tls-options.ts';

/** How the gateway is reached. */
export interface GatewayAccess {
  /** Address that messages are posted to: https, or http on loopback. */
  url: string;
  /** For https: the certificates (PEM) of the only authorities that are trusted. Default: those of Node. */
  authorities?: string | undefined;
  /** Longest time from the request to the status of the response, ms. */
  deadlineMs: number;
}

export interface SmsGatewayOptions extends GatewayAccess {
  /** Shared with the gateway; signs every message. Its two forms: {@link keyOf}. */
  secret: string;
  /** Signs every message too: the secret that the gateway may still have. */
  secretBefore?: string | undefined;
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
export async function sendSms(options: SmsGatewayOptions, sms: Sms, nowMs = Date.now()): Promise<void> {
  const body = JSON.stringify(sms);
  let status: number;
  try {
    status = await post(options, signedHeaders(options, sms.id, body, nowMs), body);
  } catch (error) {
    throw new SmsFailed(failureOf(error, options), false);
  }
  if (status < 200 || status >= 300)
    throw new SmsFailed(`the gateway answered ${status}`, finalStatuses.has(status));
}

function signedHeaders(
  { secret, secretBefore }: SmsGatewayOptions,
  id: string,
  body: string,
  nowMs: number,
): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1000));
  return {
    [headers.id]: id,
    [headers.timestamp]: timestamp,
    [headers.signature]: [secret, ...(secretBefore === undefined ? [] : [secretBefore])]
      .map((each) => sign(keyOf(each), { id, timestamp, body }))
      .join(' '),
  };
}

/**
 * Connects as {@link sendSms} would, and sends nothing.
 *
 * @throws SmsFailed
 */
export async function reachGateway(gateway: GatewayAccess): Promise<void> {
  const url = new URL(gateway.url);
  const isTls = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1'); // only a URL has an IPv6 address in brackets
  const address = { host, port: Number(url.port || (isTls ? 443 : 80)) };
  const socket = isTls
    ? connectTls({
        ...address,
        servername: isIP(host) === 0 ? host : '',
        ...verifiedTls(gateway.authorities),
      })
    : connectPlain(address);
  try {
    const signal = AbortSignal.timeout(gateway.deadlineMs);
    await once(socket, isTls ? 'secureConnect' : 'connect', { signal });
  } catch (error) {
    throw new SmsFailed(failureOf(error, gateway), false);
  } finally {
    socket.destroy();
  }
}

/** The status of the response. fetch would not do: it takes no authorities. @throws Error of node:http */
function post(gateway: GatewayAccess, signature: Record<string, string>, body: string): Promise<number> {
  const request = gateway.url.startsWith('https:') ? httpsRequest : httpRequest;
  const options = {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...signature,
    },
    agent: false,
    signal: AbortSignal.timeout(gateway.deadlineMs),
    ...verifiedTls(gateway.authorities),
  };
  return new Promise((resolve, reject) => {
    const sent = request(gateway.url, options, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy(); // nothing in it is used
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Of an error of the connection only the code is kept: a message might hold what was sent. */
function failureOf(error: unknown, { deadlineMs }: GatewayAccess): string {
  if (error instanceof SecretError) return error.message;
  const { name, code } = error as { name?: unknown; code?: unknown };
  if (name === 'AbortError') return `no answer within ${deadlineMs} ms`;
  const tls = describeTlsFailure(error, { file: 'SMS_GATEWAY_CA_FILE', otherwise: 'that Node trusts' });
  if (tls !== null) return `the gateway cannot be reached: ${tls}`;
  return `the gateway cannot be reached (${typeof code === 'string' ? code.slice(0, 40) : 'no connection'})`;
}
