/**
 * A gateway for development and tests: accepts and checks messages as a real one would, and prints a
 * masked line for each. It sends nothing.
 */
import type { FastifyError, FastifyInstance, FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import { openHttpServer } from '../machine/http-server.ts';
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
  /** Gets the reason for every request that is refused, or met a fault. */
  onRefused: (why: string) => void;
}

const message = z.object({
  id: z.uuid(),
  to: z.string().regex(/^\+[1-9][0-9]{6,14}$/),
  text: z.string().min(1).max(1000),
});
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
}: SmsReceiverOptions): Promise<FastifyInstance> {
  const take = takeMessages(keyOf(secret), onSms);
  const routes: FastifyPluginAsync = async (app) => {
    app.get('/health', async (_, reply) => reply.send());
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => done(null, body));
    app.setErrorHandler<FastifyError>(async ({ statusCode = 500, message }, _, reply) => {
      onRefused(statusCode === 413 ? 'a body too large' : message);
      return reply.code(statusCode).send();
    });
    app.post<{ Body?: string }>('/sms', async ({ headers: given, body = '' }, reply) => {
      const [status, why] = take(body, (name) => String(given[name] ?? ''));
      if (why !== undefined) onRefused(why);
      return reply.code(status).send();
    });
    app.all('*', async (_, reply) => {
      onRefused('not a POST to /sms');
      return reply.code(404).send();
    });
  };
  return openHttpServer({ host, port, logger: { error: onRefused } }, routes);
}

/** Checks message after message, and remembers their ids. Returns the status of the answer, and why it is a refusal. */
function takeMessages(key: Buffer, onSms: SmsReceiverOptions['onSms']) {
  const seen = new Set<string>();
  return (body: string, header: (name: string) => string): [status: number, why?: string] => {
    const [id, timestamp, signatures] = [headers.id, headers.timestamp, headers.signature].map(header) as [
      string,
      string,
      string,
    ];
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
}

function readSms(body: string): Sms | null {
  try {
    const result = message.safeParse(JSON.parse(body));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}
