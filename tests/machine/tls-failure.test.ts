/** What the clients of ARI and of the SMS gateway say about real TLS servers. */
import { once } from 'node:events';
import { createServer, type ServerOptions } from 'node:https';
import { createServer as createPlainServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { runInThisContext } from 'node:vm';
import { createLogger } from 'winston';
import { WebSocketServer } from 'ws';
import { AriHttp, type AriAccess } from '../../src/asterisk/ari/ari-http.ts';
import { EventSocket } from '../../src/asterisk/ari/event-socket.ts';
import { describeTlsFailure } from '../../src/machine/tls-failure.ts';
import { reachGateway, sendSms } from '../../src/notifications/sms-gateway.ts';
import { TcpSocket } from '../../src/sip-caller/tcp-socket.ts';
import { CertificateAuthority, type ServerCertificate } from '../support/machine/certificates.ts';

const authority = new CertificateAuthority();
const stranger = new CertificateAuthority();
const below: CertificateAuthority[] = [];
afterAll(() => [authority, stranger, ...below].forEach((each) => each.remove()));

const deadlineMs = 10_000;

/**
 * What the clients report about one server, which all trust `authority` only: `accepted`, or why not.
 * ARI has two, one for requests and one for events; to
 * the gateway go messages, and what doctor asks.
 */
async function ask(server: Server, host = 'localhost'): Promise<string[]> {
  server.listen(0, host === '[::1]' ? '::1' : '127.0.0.1');
  await once(server, 'listening');
  const url = `https://${host}:${(server.address() as AddressInfo).port}`;
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
    operationMs: deadlineMs,
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

test.each(['127.0.0.1', '[::1]'])('a certificate for the address %s is accepted, too', async (host) => {
  const certificate = authority.issue('IP:127.0.0.1,IP:::1');
  expect(await ask(tlsServer(certificate), host)).toEqual(Array(4).fill('accepted'));
});

test.each([
  ['another address', 'IP:10.0.0.5,DNS:localhost', 'is for 10.0.0.5'],
  ['a name', 'DNS:localhost', 'is for localhost'],
])(
  'a certificate for %s, and not for the address in the URL, is refused, and both are named',
  async (_, names, are) => {
    expect(await ask(tlsServer(authority.issue(names)), '127.0.0.1')).toEqual(
      Array(4).fill(`TLS: expected a certificate for 127.0.0.1, and the server's ${are}`),
    );
  },
);

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

/** A server's certificate from the last of authorities, each below the one before it, with the whole chain. */
function underAuthorities(basicConstraints: readonly string[]): ServerCertificate {
  let [signer, chain] = [authority, ''];
  for (const [index, constraints] of basicConstraints.entries()) {
    const extensions = [`basicConstraints=critical,${constraints}`];
    const issued = signer.issue(`DNS:authority${index}`, 1, { extensions });
    signer = new CertificateAuthority(issued);
    below.push(signer);
    chain = issued.certificate + chain;
  }
  const { certificate, key } = signer.issue('DNS:localhost');
  return { certificate: certificate + chain, key };
}

const unknownTo = (setting: string) =>
  `expected a certificate from an authority in the file of ${setting}, or without it from one that Node trusts, and no such authority has signed it`;
const otherPurpose =
  'expected a certificate for servers (serverAuth) from authorities that may sign it, and one of these certificates is for another purpose';
const refusedHandshake =
  'expected TLS 1.2 or later, with a cipher that both sides accept and no certificate of the client, and the server refused that';
const weak: ServerOptions = { maxVersion: 'TLSv1.2', ciphers: 'DEFAULT@SECLEVEL=0' };
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
  [
    'whose certificate is for clients',
    () => tlsServer(authority.issue('DNS:localhost', 1, { extensions: ['extendedKeyUsage=clientAuth'] })),
    otherPurpose,
  ],
  [
    'whose certificate comes from one that is no authority',
    () => tlsServer(underAuthorities(['CA:FALSE'])),
    otherPurpose,
  ],
  [
    'whose authority is below one that may have none below it',
    () => tlsServer(underAuthorities(['CA:TRUE,pathlen:0', 'CA:TRUE'])),
    'expected a certificate from authorities that may sign it, and one of them may not: path length constraint exceeded',
  ],
  [
    'with a short key',
    () => tlsServer(authority.issue('DNS:localhost', 1, { newKey: ['rsa:1024'] }), weak),
    'expected keys of 2048 bits or more (of elliptic curves 224) and no signature by SHA-1 or MD5, and the server has: EE certificate key too weak',
  ],
  [
    'whose certificate has an extension that nobody knows',
    () => tlsServer(authority.issue('DNS:localhost', 1, { extensions: ['1.2.3.4=critical,ASN1:NULL'] })),
    'expected a certificate that can be verified, and it cannot: unhandled critical extension',
  ],
  [
    'without a common cipher',
    () =>
      tlsServer(authority.issue('DNS:localhost'), { ...weak, ciphers: 'ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0' }),
    refusedHandshake,
  ],
  [
    'that asks for a certificate of the client',
    () => tlsServer(authority.issue('DNS:localhost'), { ...weak, requestCert: true }),
    refusedHandshake,
  ],
  [
    'that hangs up during the handshake',
    () => createTcpServer((socket) => socket.on('error', () => undefined).once('data', () => socket.end())),
    'expected an encrypted connection, and the server closed it during the handshake',
  ],
  ['without TLS', () => createPlainServer(), 'expected TLS, and the server does not speak it'],
])('a server %s is refused by the clients of ARI and of the gateway', async (_what, server, sentence) => {
  const settings = ['ARI_CA_FILE', 'ARI_CA_FILE', 'SMS_GATEWAY_CA_FILE', 'SMS_GATEWAY_CA_FILE'];
  expect(await ask(server())).toEqual(
    settings.map((setting) => `TLS: ${typeof sentence === 'string' ? sentence : sentence(setting)}`),
  );
});

/** OpenSSL's words for a certificate that it refuses (crypto/x509/x509_txt.c), by Node's code for them. */
const refusals: readonly (readonly [code: string, words: string, sentence: RegExp])[] = [
  ['CERT_HAS_EXPIRED', 'certificate has expired', /has expired$/],
  ['CERT_NOT_YET_VALID', 'certificate is not yet valid', /not valid yet/],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate', /no such authority/],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain', /no such authority/],
  ['UNABLE_TO_GET_ISSUER_CERT', 'unable to get issuer certificate', /no such authority/],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unable to get local issuer certificate', /no such authority/],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate', /no such authority/],
  ['CERT_UNTRUSTED', 'certificate not trusted', /no such authority/],
  ['INVALID_PURPOSE', 'unsuitable certificate purpose', /another purpose$/],
  ['INVALID_CA', 'invalid CA certificate', /one of them may not: invalid CA certificate$/],
  ['PATH_LENGTH_EXCEEDED', 'path length constraint exceeded', /one of them may not: path length/],
  ['CERT_CHAIN_TOO_LONG', 'certificate chain too long', /one of them may not: certificate chain/],
  ['UNSPECIFIED', 'permitted subtree violation', /one of them may not: permitted/],
  ['UNSPECIFIED', 'key usage does not include certificate signing', /one of them may not: key usage/],
  ['UNSPECIFIED', 'EE certificate key too weak', /2048 bits.*: EE certificate key too weak$/],
  ['UNSPECIFIED', 'CA certificate key too weak', /2048 bits.*: CA certificate key too weak$/],
  ['UNSPECIFIED', 'CA signature digest algorithm too weak', /no signature by SHA-1.*: CA signature/],
  ['CERT_REVOKED', 'certificate revoked', /has revoked it$/],
  ['CERT_REJECTED', 'certificate rejected', /: certificate rejected$/],
  ['CERT_SIGNATURE_FAILURE', 'certificate signature failure', /: certificate signature failure$/],
  ['CRL_HAS_EXPIRED', 'CRL has expired', /: CRL has expired$/],
  ['UNABLE_TO_GET_CRL', 'unable to get certificate CRL', /: unable to get certificate CRL$/],
  ['ERROR_IN_CERT_NOT_AFTER_FIELD', "format error in certificate's notAfter field", /notAfter field$/],
  ['OUT_OF_MEM', 'out of memory', /: out of memory$/],
  ['HOSTNAME_MISMATCH', 'hostname mismatch', /: hostname mismatch$/],
];

/** And for a handshake that fails, which Node has as a code or, like mysql2, in its message only. */
const failures: readonly (readonly [code: string, words: string, sentence: RegExp])[] = [
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tlsv13 alert certificate required', /it requires one$/],
  ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', 'ssl/tls alert handshake failure', /refused that$/],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tlsv1 alert protocol version', /TLS 1.2 or later, and/],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'unsupported protocol', /TLS 1.2 or later, and/],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'wrong version number', /does not speak it$/],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'packet length too long', /does not speak it$/],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'tlsv1 alert unknown ca', /refused it with: tlsv1 alert unknown ca$/],
  ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_REVOKED', 'ssl/tls alert certificate revoked', /refused it with: /],
  ['ERR_SSL_DH_KEY_TOO_SMALL', 'dh key too small', /2048 bits.*: dh key too small$/],
  ['ERR_SSL_WRONG_SIGNATURE_TYPE', 'wrong signature type', /handshake failed: wrong signature type$/],
  ['ERR_OSSL_ASN1_WRONG_TAG', 'wrong tag', /handshake failed: wrong tag$/],
];

test.each([
  ...refusals.map(([code, words, sentence]) => [words, code, words, sentence] as const),
  ...failures.map(([code, words, sentence]) => {
    const message = `408D:error:0A000410:SSL routines:ssl3_read_bytes:${words}:../deps/ssl.c:918:SSL alert number 40\n`;
    return [words, code, message, sentence] as const;
  }),
])('«%s» becomes a sentence, by code or by words', (_words, code, message, sentence) => {
  const trusted = { file: 'ARI_CA_FILE', otherwise: 'that Node trusts' };
  for (const each of [code, 'HANDSHAKE_SSL_ERROR']) {
    const described = describeTlsFailure({ code: each, message }, trusted);
    expect(described).toMatch(/^TLS: expected .+, and /);
    expect(described).toMatch(sentence);
  }
});
