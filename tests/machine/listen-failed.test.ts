import { once } from 'node:events';
import { createServer } from 'node:net';
import { describeListenFailure } from '../../src/machine/listen-failed.ts';

async function failureAt(host: string, port: number): Promise<string> {
  const server = createServer().listen(port, host);
  const [error] = (await once(server, 'error')) as [Error];
  return describeListenFailure(error, { host, port, settings: ['HTTP_HOST', 'HTTP_PORT'] }).message;
}

test('a port that is taken is named with its settings and with who has it', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  expect(await failureAt('127.0.0.1', port)).toMatch(
    /^127\.0\.0\.1:\d+ \(HTTP_HOST, HTTP_PORT\) is in use by \S+ \(process \d+\): give HTTP_PORT a port that is free$/,
  );
  other.close();
});

test('an address that is not of this machine is named', async () => {
  expect(await failureAt('192.0.2.1', 8080)).toBe(
    '192.0.2.1:8080 (HTTP_HOST, HTTP_PORT) cannot be opened (EADDRNOTAVAIL): expected an address of this machine, such as 127.0.0.1',
  );
});

test('a port that this user may not open is named', () => {
  const error = Object.assign(new Error('permission denied'), { code: 'EACCES' });
  expect(
    describeListenFailure(error, { host: '::1', port: 81, settings: ['SMS_RECEIVER_PORT'] }).message,
  ).toBe(
    '[::1]:81 (SMS_RECEIVER_PORT) cannot be opened (EACCES): this user may not open it, so give SMS_RECEIVER_PORT a port from 1024 on',
  );
});
