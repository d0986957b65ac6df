import { afterEach } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { isSigned, keyOf, sign } from '../../src/notifications/signature.ts';
import { sendSms, type Sms, type SmsFailed } from '../../src/notifications/sms-gateway.ts';
import { receiveSms } from '../../src/notifications/sms-receiver.ts';
import { smsText } from '../../src/notifications/sms-text.ts';

const secret = 'a secret of the gateway';
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/sms`;

async function receiver(): Promise<{
  url: string;
  taken: { sms: Sms; again: boolean }[];
  refused: string[];
}> {
  const taken: { sms: Sms; again: boolean }[] = [];
  const refused: string[] = [];
  const { server } = await receiveSms({
    host: '127.0.0.1',
    port: 0,
    secret,
    onSms: (sms, again) => taken.push({ sms, again }),
    onRefused: (why) => refused.push(why),
  });
  servers.push(server);
  return { url: urlOf(server), taken, refused };
}

/** A gateway that answers every message with this status, or not at all. */
async function gateway(
  status: number | 'never',
  location?: string,
): Promise<{ url: string; requests: () => number }> {
  let requests = 0;
  const server = createServer((_, response) => {
    requests++;
    if (status !== 'never') response.writeHead(status, location === undefined ? {} : { location }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return { url: urlOf(server), requests: () => requests };
}

const message = (): Sms => ({ id: randomUUID(), to: '+84912345678', text: smsText(0) });
const send = (url: string, sms = message(), nowMs?: number, with_ = secret) =>
  sendSms({ url, secret: with_, deadlineMs: 300 }, sms, nowMs);

test('the text names the moment in Vietnamese time and the number to call, and no secret', () => {
  expect(smsText(Date.UTC(2026, 10, 22, 20, 5))).toBe(
    'Mật khẩu VssID của quý khách vừa được cấp lại lúc 03:05 ngày 23/11/2026; nếu không phải quý khách yêu cầu, vui lòng gọi 1900.9068.',
  );
});

test('a signed message is accepted; the same one again gets the same answer and is recognised', async () => {
  const { url, taken } = await receiver();
  const sms = message();
  await send(url, sms);
  await send(url, sms);
  expect(taken).toEqual([
    { sms, again: false },
    { sms, again: true },
  ]);
});

test('a wrong secret, and a message of an hour ago, are refused', async () => {
  const { url, taken, refused } = await receiver();
  await expect(send(url, message(), undefined, 'another secret of 22')).rejects.toThrow(
    'the gateway answered 401',
  );
  await expect(send(url, message(), Date.now() - 3600_000)).rejects.toThrow('the gateway answered 401');
  expect([taken, refused]).toEqual([[], ['a wrong signature or time', 'a wrong signature or time']]);
});

test.each([
  [400, true],
  [401, false],
  [404, false],
  [422, true],
  [429, false],
  [500, false],
])('status %d: giving up at once is %s', async (status, isFinal) => {
  const { url } = await gateway(status);
  await expect(send(url)).rejects.toMatchObject({ isFinal });
});

test('a body of any length gets an answer; one of more than 10,000 bytes is refused', async () => {
  const { url, taken, refused } = await receiver();
  for (const [length, status] of [
    [0, 401],
    [10_000, 401],
    [10_001, 413],
    [100_000, 413],
  ] as const)
    expect((await fetch(url, { method: 'POST', body: 'a'.repeat(length) })).status).toBe(status);
  expect([taken.length, refused.length]).toEqual([0, 4]);
});

test('a redirect is not followed: it would carry the number elsewhere', async () => {
  const elsewhere = await gateway(200);
  const { url } = await gateway(307, elsewhere.url);
  await expect(send(url)).rejects.toThrow('the gateway answered 307');
  expect(elsewhere.requests()).toBe(0);
});

test('no answer, and an address where nothing listens, are failures that name neither number nor text', async () => {
  const silent = await gateway('never');
  const errors = await Promise.all(
    [silent.url, 'http://127.0.0.1:9/sms'].map((url) =>
      send(url).catch((error: unknown) => error as SmsFailed),
    ),
  );
  expect(errors.map((error) => error?.message)).toEqual([
    'no answer within 300 ms',
    expect.stringMatching(/^the gateway cannot be reached/),
  ]);
  expect(JSON.stringify(errors.map(String))).not.toMatch(/\d{6}|Mật khẩu/);
});

test('no signature but the right one passes', () => {
  const key = keyOf(secret);
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.nat(2_000_000_000), fc.uuid(), (body, forged, seconds, id) => {
      const message = { id, timestamp: String(seconds), body };
      const right = sign(key, message);
      const nowMs = seconds * 1000;
      expect(isSigned(key, message, right, nowMs)).toBe(true);
      expect(isSigned(key, message, forged, nowMs)).toBe(false);
      expect(isSigned(key, { ...message, body: `${body} ` }, right, nowMs)).toBe(false);
      expect(isSigned(key, { ...message, id: `${id}0` }, right, nowMs)).toBe(false);
      expect(isSigned(key, message, right, nowMs + 301_000)).toBe(false);
      expect(isSigned(key, message, right, nowMs - 301_000)).toBe(false);
    }),
  );
});
