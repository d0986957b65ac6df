/** Our messages beside the Standard Webhooks library of its authors: each side accepts the other's. */
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { keyOf, SecretError } from '../../src/notifications/signature.ts';
import { sendSms, type Sms } from '../../src/notifications/sms-gateway.ts';
import { receiveSms } from '../../src/notifications/sms-receiver.ts';
import { smsText } from '../../src/notifications/sms-text.ts';

const shared = `whsec_${randomBytes(32).toString('base64')}`;
const plain = 'a secret of the gateway';
const secrets: [form: string, secret: string, webhook: Webhook][] = [
  ['whsec_ and base64', shared, new Webhook(shared)],
  ['a text', plain, new Webhook(plain, { format: 'raw' })],
];

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/sms`;
const newSms = (): Sms => ({ id: randomUUID(), to: '+84912345678', text: smsText(0) });

/** What a gateway gets of one message. */
async function sent(
  secret: string,
  sms: Sms,
  secretBefore?: string,
): Promise<{ headers: IncomingHttpHeaders; body: string }> {
  const got = Promise.withResolvers<{ headers: IncomingHttpHeaders; body: string }>();
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      response.writeHead(202).end();
      got.resolve({ headers: request.headers, body });
    });
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  await sendSms({ url: urlOf(server), secret, secretBefore, deadlineMs: 3000 }, sms);
  return got.promise;
}

test.each(secrets)(
  'the library accepts our signature, with %s for a secret',
  async (_form, secret, webhook) => {
    const sms = newSms();
    const { headers, body } = await sent(secret, sms);
    expect(headers['webhook-id']).toBe(sms.id);
    expect(webhook.verify(body, headers as Record<string, string>)).toEqual(sms);
    expect(() => webhook.verify(`${body} `, headers as Record<string, string>)).toThrow(
      'No matching signature',
    );
  },
);

test('while the gateway may have either secret, messages are signed with both', async () => {
  const [[, secret, webhook], [, secretBefore, webhookBefore]] = [secrets[0]!, secrets[1]!];
  const { headers, body } = await sent(secret, newSms(), secretBefore);
  for (const library of [webhook, webhookBefore]) library.verify(body, headers as Record<string, string>);
});

test.each(secrets)(
  'our receiver accepts the signature of the library, with %s for a secret, also among others, and no other',
  async (_form, secret, webhook) => {
    const taken: Sms[] = [];
    const refused: string[] = [];
    const { server } = await receiveSms({
      host: '127.0.0.1',
      port: 0,
      secret,
      onSms: (sms) => taken.push(sms),
      onRefused: (why) => refused.push(why),
    });
    servers.push(server);
    const post = async (signaturesOf: (right: string) => string, id?: string): Promise<[Sms, number]> => {
      const sms = newSms();
      const body = JSON.stringify(sms);
      const now = new Date();
      const right = webhook.sign(id ?? sms.id, now, body);
      const headers = {
        'webhook-id': id ?? sms.id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': signaturesOf(right),
      };
      return [sms, (await fetch(urlOf(server), { method: 'POST', headers, body })).status];
    };
    const [alone, status] = await post((right) => right);
    expect(status).toBe(202);
    const wrong = `v1,${randomBytes(32).toString('base64')}`;
    const [among] = await post((right) => `${wrong} v1a,other ${right}`);
    expect(taken).toEqual([alone, among]);
    expect((await post(() => wrong))[1]).toBe(401);
    expect((await post((right) => right.replace('v1,', 'v2,')))[1]).toBe(401);
    expect((await post((right) => right, randomUUID()))[1]).toBe(422); // signed, but with the id of another message
    expect(refused).toEqual([
      'a wrong signature or time',
      'a wrong signature or time',
      'a malformed message',
    ]);
  },
);

test.each([
  ['is not base64', `whsec_${'?'.repeat(40)}`],
  ['is too short', `whsec_${randomBytes(23).toString('base64')}`],
  ['is empty', 'whsec_'],
])('a secret of the form whsec_… whose key %s is refused, and not printed', async (_what, secret) => {
  expect(() => keyOf(secret)).toThrow(SecretError);
  const attempt = sendSms({ url: 'http://127.0.0.1:9/sms', secret, deadlineMs: 300 }, newSms());
  await expect(attempt).rejects.toMatchObject({
    message: 'SMS_GATEWAY_SECRET begins with whsec_: expected base64 of at least 24 bytes after it',
    isFinal: false,
  });
});
