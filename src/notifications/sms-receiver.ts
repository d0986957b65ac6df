/**
 * A gateway for development and tests: accepts and checks messages as a real one would, and prints a
 * masked line for each. It sends nothing.
 */
import type { IncomingMessage, Server } from 'node:http';
import { z } from 'zod';
import { openBoundedServer } from '../machine/bounded-server.ts';
import { headers, isSigned, keyOf } from './signature.ts';
import type { Sms } from './sms-gateway.ts';

export interface SmsReceiverOptions {
  host: string;
  port: number;
  /** The SMS_GATEWAY_SECRET of the sender. */
  secret: string;
  /**
   * Gets every message whose signature is right; `again`: its id was seen before, and no second SMS
   * is due.
   */
  onSms: (sms: Sms, again: boolean) => void;
  /** Gets the reason for every request that is refused. */
  onRefused: (why: string) => void;
}

const message = z.object({
  id: z.uuid(),
  to: z.string().regex(/^\+[1-9][0-9]{6,14}$/),
  text: z.string().min(1).max(1000),
});
const maxBodyBytes = 10_000;
/** How many ids are remembered. */
const idsKept = 10_000;

/**
 * Listens. `POST /sms` answers 202 to a good message, also if it came before, 401 to a wrong
 * signature or time, 413 to a body that is too large, and 422 to a malformed message.
 * `GET /health` answers 200.
 *
 * @throws SecretError, or the listen error, for example EADDRINUSE
 */
export async function receiveSms({
  host,
  port,
  secret,
  onSms,
  onRefused,
}: SmsReceiverOptions): Promise<Server> {
  const key = keyOf(secret);
  const seen = new Set<string>();
  const answer = async (request: IncomingMessage): Promise<[status: number, why?: string]> => {
    if (request.method === 'GET' && request.url === '/health') return [200];
    if (request.method !== 'POST' || request.url !== '/sms') return [404, 'not a POST to /sms'];
    const body = await bodyOf(request);
    if (body === null) return [413, 'a body too large'];
    const [id, timestamp, signatures] = [headers.id, headers.timestamp, headers.signature].map((name) =>
      String(request.headers[name] ?? ''),
    ) as [string, string, string];
    if (!isSigned(key, { id, timestamp, body }, signatures, Date.now()))
      return [401, 'a wrong signature or time'];
    const sms = readSms(body);
    if (sms === null || sms.id !== id) return [422, 'a malformed message'];
    onSms(sms, seen.has(sms.id));
    seen.add(sms.id);
    const [oldest = ''] = seen;
    if (seen.size > idsKept) seen.delete(oldest);
    return [202];
  };
  return openBoundedServer(host, port, (request, response) => {
    void answer(request).then(
      ([status, why]) => {
        if (why !== undefined) onRefused(why);
        response.writeHead(status).end();
      },
      () => response.destroy(),
    );
  });
}

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function readSms(body: string): Sms | null {
  try {
    const result = message.safeParse(JSON.parse(body));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}
