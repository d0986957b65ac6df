/** What the clients of ARI and of the SMS gateway say about real TLS servers. */
import { once } from 'node:events';
import { createServer, type ServerOptions } from 'node:https';
import { createServer as createPlainServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { AriHttp } from '../../src/asterisk/ari/ari-http.ts';
import { sendSms } from '../../src/notifications/sms-gateway.ts';
import { CertificateAuthority, type ServerCertificate } from '../support/machine/certificates.ts';

const authority = new CertificateAuthority();
const stranger = new CertificateAuthority();
const shipped = getCACertificates('default');
// As NODE_EXTRA_CA_CERTS does for a process of its own.
beforeAll(() => setDefaultCACertificates([...shipped, authority.certificate]));
afterAll(() => {
  setDefaultCACertificates(shipped);
  [authority, stranger].forEach((each) => each.remove());
});

/** What both clients report about one server: the status, or why not. */
async function ask(server: Server): Promise<string[]> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  const ari = new AriHttp({ url, username: 'u', password: 'p', deadlineMs: 10_000, maxSockets: 1 });
  const gateway = { url, secret: 'a secret of the gateway', deadlineMs: 10_000 };
  const answers = await Promise.allSettled([
    ari.send('GET', '/ari/asterisk/info'),
    sendSms(gateway, { id: 'id', to: '+84912345678', text: 'text' }),
  ]);
  ari.close();
  server.close();
  return answers.map((answer) =>
    answer.status === 'fulfilled' ? 'accepted' : (answer.reason as Error).message.replace(/^.*?: /, ''),
  );
}

const tlsServer = ({ certificate, key }: ServerCertificate, options: ServerOptions = {}) =>
  createServer({ cert: certificate, key, ...options }, (_request, response) => response.end('{}'));

test('a certificate for the host, from an authority that is trusted, is accepted', async () => {
  expect(await ask(tlsServer(authority.issue('DNS:localhost')))).toEqual(['accepted', 'accepted']);
});

const old: ServerOptions = {
  minVersion: 'TLSv1',
  maxVersion: 'TLSv1.1',
  ciphers: 'DEFAULT@SECLEVEL=0',
};
test.each<[what: string, server: () => Server, sentence: string]>([
  [
    'of another name',
    () => tlsServer(authority.issue('DNS:other.example')),
    "expected a certificate for localhost, and the server's is for another name",
  ],
  [
    'of an unknown authority',
    () => tlsServer(stranger.issue('DNS:localhost')),
    "expected a certificate from one of Node's authorities or of the file NODE_EXTRA_CA_CERTS, and none has signed it",
  ],
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
  expect(await ask(server())).toEqual([`TLS: ${sentence}`, `TLS: ${sentence}`]);
});
