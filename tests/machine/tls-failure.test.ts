/** What the clients of ARI and of the SMS gateway say about real TLS servers. */
import { once } from 'node:events';
import { createServer, type ServerOptions } from 'node:https';
import { createServer as createPlainServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { runInThisContext } from 'node:vm';
import { createLogger } from 'winston';
import { WebSocketServer } from 'ws';
import { AriHttp, type AriAccess } from '../../src/asterisk/ari/ari-http.ts';
import { EventSocket } from '../../src/asterisk/ari/event-socket.ts';
import { reachGateway, sendSms } from '../../src/notifications/sms-gateway.ts';
import { TcpSocket } from '../../src/sip-caller/tcp-socket.ts';
import { CertificateAuthority, type ServerCertificate } from '../support/machine/certificates.ts';

const authority = new CertificateAuthority();
const stranger = new CertificateAuthority();
afterAll(() => [authority, stranger].forEach((each) => each.remove()));

const deadlineMs = 10_000;

/**
 * What the clients report about one server, which all trust `authority` only: `accepted`, or why not.
 * ARI has two, one for requests and one for events; to
 * the gateway go messages, and what doctor asks.
 */
async function ask(server: Server): Promise<string[]> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  const access = { url, username: 'u', password: 'p', authorities: authority.certificate };
  const gateway = {
    ...{ url, deadlineMs },
    secret: 'a secret of the gateway',
    authorities: authority.certificate,
  };
  const answers = await Promise.allSettled([
    askForInfo(access),
    openEventSocket(access),
    reachGateway(gateway),
    sendSms(gateway, { id: 'id', to: '+84912345678', text: 'text' }),
  ]);
  server.close();
  return answers.map((answer) =>
    answer.status === 'fulfilled'
      ? 'accepted'
      : (answer.reason as Error).message.replace(/^.*?(?=TLS: )/, ''),
  );
}

async function askForInfo(access: AriAccess): Promise<void> {
  const ari = new AriHttp({ ...access, deadlineMs, maxSockets: 1 });
  await ari.send('GET', '/ari/asterisk/info').finally(() => ari.close());
}

async function openEventSocket(access: AriAccess): Promise<void> {
  const socket = new EventSocket({
    access,
    application: 'hotline',
    timings: { heartbeatMs: deadlineMs, openMs: deadlineMs, retryMs: [deadlineMs, deadlineMs] },
    logger: createLogger({ silent: true }),
    onOpen: () => Promise.resolve(),
    onEvent: () => undefined,
  });
  await socket.open().finally(() => socket.close());
}

function tlsServer({ certificate, key }: ServerCertificate, options: ServerOptions = {}): Server {
  const server = createServer({ cert: certificate, key, ...options }, (_request, response) =>
    response.end('{}'),
  );
  new WebSocketServer({ server });
  return server;
}

test('a certificate for the host, from the named authority, is accepted', async () => {
  expect(await ask(tlsServer(authority.issue('DNS:localhost')))).toEqual(Array(4).fill('accepted'));
});

test('NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment makes no client accept another certificate', async () => {
  // Jest gives tests a copy of the environment; Node asks its own at each connection.
  const { env } = runInThisContext('process') as NodeJS.Process;
  env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  try {
    const [ari, gateway] = ['ARI_CA_FILE', 'SMS_GATEWAY_CA_FILE'].map((file) => `TLS: ${unknownTo(file)}`);
    const server = () => tlsServer(stranger.issue('DNS:localhost,IP:127.0.0.1'));
    expect(await ask(server())).toEqual([ari, ari, gateway, gateway]);
    await expect(callOverTls(server())).rejects.toThrow('unable to verify the first certificate');
  } finally {
    delete env['NODE_TLS_REJECT_UNAUTHORIZED'];
  }
});

/** As the scripted caller does. */
async function callOverTls(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const target = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  const socket = TcpSocket.openSecurely('127.0.0.1', target, authority.certificate);
  await socket.then((opened) => opened.close()).finally(() => server.close());
}

test('without a named authority a certificate of one that Node does not trust is refused', async () => {
  const server = tlsServer(authority.issue('DNS:localhost')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  await expect(askForInfo({ url, username: 'u', password: 'p' })).rejects.toThrow(unknownTo('ARI_CA_FILE'));
  server.close();
});

const unknownTo = (setting: string) =>
  `expected a certificate from an authority in the file of ${setting}, or without it from one that Node trusts, and no such authority has signed it`;
const old: ServerOptions = {
  minVersion: 'TLSv1',
  maxVersion: 'TLSv1.1',
  ciphers: 'DEFAULT@SECLEVEL=0',
};
test.each<[what: string, server: () => Server, sentence: string | ((setting: string) => string)]>([
  [
    'of another name',
    () => tlsServer(authority.issue('DNS:other.example')),
    "expected a certificate for localhost, and the server's is for other.example",
  ],
  ['of an unknown authority', () => tlsServer(stranger.issue('DNS:localhost')), unknownTo],
  [
    'whose certificate has expired',
    () => tlsServer(authority.issue('DNS:localhost', -1)),
    'expected a certificate that is valid now, and it has expired',
  ],
  [
    'that speaks TLS 1.1 at most',
    () => tlsServer(authority.issue('DNS:localhost'), old),
    'expected TLS 1.2 or later, and the server does not speak it',
  ],
  ['without TLS', () => createPlainServer(), 'expected TLS, and the server does not speak it'],
])('a server %s is refused by the clients of ARI and of the gateway', async (_what, server, sentence) => {
  const settings = ['ARI_CA_FILE', 'ARI_CA_FILE', 'SMS_GATEWAY_CA_FILE', 'SMS_GATEWAY_CA_FILE'];
  expect(await ask(server())).toEqual(
    settings.map((setting) => `TLS: ${typeof sentence === 'string' ? sentence : sentence(setting)}`),
  );
});
