/**
 * A gateway for development and tests (`hotline sms-receiver`): takes messages as a real one would,
 * checks them, and sends nothing anywhere.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { z } from 'zod';
import { headers, isSigned } from './signature.ts';
import type { Sms } from './sms-gateway.ts';

export interface SmsReceiverOptions {
  host: string;
  port: number;
  secret: string;
  /** Told of every message whose signature is right; `again`: its key was seen before, nobody gets a second SMS. */
  onSms: (sms: Sms, again: boolean) => void;
  /** Told of every request that is refused. */
  onRefused: (why: string) => void;
}

const message = z.object({
  id: z.uuid(),
  to: z.string().regex(/^\+[1-9][0-9]{6,14}$/),
  text: z.string().min(1).max(1000),
});
const longestBody = 10_000;
/** Keys remembered, so that the receiver's memory is bounded. */
const keysKept = 10_000;

/**
 * Listens. `POST /sms` answers 202 for a good message, also for one that came before; 401 for a
 * wrong signature or time; 422 for anything malformed.
 *
 * @throws the listen error, for example EADDRINUSE
 */
export async function receiveSms({
  host,
  port,
  secret,
  onSms,
  onRefused,
}: SmsReceiverOptions): Promise<Server> {
  const seen = new Set<string>();
  const answer = async (request: IncomingMessage): Promise<[status: number, why?: string]> => {
    if (request.method !== 'POST' || request.url !== '/sms') return [404, 'not a POST to /sms'];
    const body = await bodyOf(request);
    if (body === null) return [413, 'a body too large'];
    const [timestamp, signature] = [headers.timestamp, headers.signature].map((name) =>
      String(request.headers[name] ?? ''),
    ) as [string, string];
    if (!isSigned(secret, { timestamp, signature, body }, Date.now()))
      return [401, 'a wrong signature or time'];
    const sms = readSms(body);
    if (sms === null || sms.id !== request.headers[headers.idempotencyKey])
      return [422, 'a malformed message'];
    onSms(sms, seen.has(sms.id));
    seen.add(sms.id);
    const [oldest = ''] = seen;
    if (seen.size > keysKept) seen.delete(oldest);
    return [202];
  };
  const server = createServer((request, response) => {
    void answer(request).then(
      ([status, why]) => {
        if (why !== undefined) onRefused(why);
        response.writeHead(status).end();
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return server;
}

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestBody) return null;
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
