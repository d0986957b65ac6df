import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { RowDataPacket } from 'mysql2/promise';
import { describeDatabaseError } from '../../../src/mysql/database/database-error.ts';
import { Database } from '../../../src/mysql/database/database.ts';
import { migrate } from '../../../src/mysql/schema/migrate.ts';
import { RegistryUnavailable, RegistryUnusable } from '../../../src/registry/registry-unavailable.ts';
import { withConnection } from '../../../src/mysql/database/with-connection.ts';
import {
  databaseKinds,
  startDatabase,
  type Database as DatabaseServer,
} from '../../support/engine/databases.ts';
import { describeWithDatabase } from '../../support/engine/describe-with-docker.ts';
import { CertificateAuthority, type ServerCertificate } from '../../support/machine/certificates.ts';
import { until } from '../../support/until.ts';

const paths = { ca: '/tmp/ca.pem', certificate: '/tmp/server.pem', key: '/tmp/server.key' };
const authority = new CertificateAuthority();
const stranger = new CertificateAuthority();
afterAll(() => [authority, stranger].forEach((each) => each.remove()));

interface Variable {
  Value: string;
}
const whichTls = "SHOW SESSION STATUS LIKE 'Ssl_version'";

/** What a pool of the application and a command's own connection get: the protocol, or why not. */
async function connectBothWays(url: string): Promise<string[]> {
  const pool = new Database({ url, deadlineMs: 10_000 });
  const answers = await Promise.allSettled([
    pool.run((session) => session.select<Variable>(whichTls, [])),
    withConnection(url, { wholeSchema: false }, async (connection) => {
      const [rows] = await connection.query<RowDataPacket[]>(whichTls);
      return rows as Variable[];
    }),
  ]);
  await pool.end();
  return answers.map((answer) =>
    answer.status === 'fulfilled'
      ? answer.value[0]!.Value
      : describeDatabaseError(answer.reason).replace('the registry failed: ', ''),
  );
}

for (const kind of databaseKinds) {
  describeWithDatabase(kind, `TLS to ${kind}`, () => {
    let server: DatabaseServer;
    beforeAll(async () => {
      const { certificate, key } = authority.issue('DNS:localhost');
      server = await startDatabase(kind, {
        options: [`--ssl-ca=${paths.ca}`, `--ssl-cert=${paths.certificate}`, `--ssl-key=${paths.key}`],
        files: { [paths.ca]: authority.certificate, [paths.certificate]: certificate, [paths.key]: key },
      });
      await migrate(server.url);
    });
    afterAll(() => server?.stop());

    /** Makes the server use another certificate. */
    async function present({ certificate, key }: ServerCertificate, from = authority): Promise<void> {
      await server.writeFile(paths.ca, from.certificate);
      await server.writeFile(paths.certificate, certificate);
      await server.writeFile(paths.key, key);
      await server.administer(kind === 'mysql' ? 'ALTER INSTANCE RELOAD TLS' : 'FLUSH SSL');
    }

    const connect = (parameters = `tls-ca=${authority.file}`) => {
      const url = new URL(server.url);
      url.hostname = 'localhost';
      url.search = parameters;
      return connectBothWays(url.href);
    };
    const refused = (sentence: string) => Array<string>(2).fill(`TLS: ${sentence} (HANDSHAKE_SSL_ERROR)`);

    test('a certificate for the host, from the named authority, is accepted', async () => {
      await present(authority.issue('DNS:localhost'));
      expect(await connect()).toEqual(['TLSv1.3', 'TLSv1.3']);
    });

    test('a certificate for another host is refused, and both are named', async () => {
      await present(authority.issue('DNS:db.example,DNS:db2.example'));
      const sentence =
        "expected a certificate for localhost, and the server's is for db.example, db2.example";
      expect(await connect()).toEqual(refused(sentence));
    });

    // MySQL itself refuses to load one.
    if (kind !== 'mysql')
      test('a certificate that has expired is refused', async () => {
        await present(authority.issue('DNS:localhost', -1));
        expect(await connect()).toEqual(
          refused('expected a certificate that is valid now, and it has expired'),
        );
      });

    test("a certificate of another authority is refused, whether in place of the named one or of the system's", async () => {
      await present(stranger.issue('DNS:localhost'), stranger);
      const sentence =
        'expected a certificate from an authority in the file of tls-ca, or without it from one of this system, and no such authority has signed it';
      expect(await connect()).toEqual(refused(sentence));
      expect(await connect('tls=required')).toEqual(refused(sentence));
      expect(await connect(`tls-ca=${stranger.file}`)).toEqual(['TLSv1.3', 'TLSv1.3']);
    });
  });
}

/** What a server says first (HandshakeV10), with CLIENT_SSL or without. */
function sendFirstPacket(socket: Socket, offersTls: boolean): void {
  const capabilities = 0x8200 | (offersTls ? 0x0800 : 0); // PROTOCOL_41, SECURE_CONNECTION; SSL
  const packet = Buffer.concat([
    Buffer.from('\x0a9.0.0\0\x01\0\0\0saltsalt\0', 'latin1'),
    Buffer.from([capabilities & 0xff, capabilities >> 8, 45, 2, 0, 0x08, 0, 21, ...Array(10).fill(0)]),
    Buffer.from('saltsaltsalt\0mysql_native_password\0', 'latin1'),
  ]);
  socket.on('error', () => undefined);
  socket.write(Buffer.concat([Buffer.from([packet.length, 0, 0, 0]), packet]));
}

describe('in the middle of the TLS handshake a server', () => {
  const greeted: Socket[] = [];
  let server: Server;
  let pool: Database;
  afterEach(async () => {
    server.close();
    for (const socket of greeted.splice(0)) socket.destroy();
    await pool.end();
  });

  /** Asks a server that stops at the client's first words of TLS. */
  async function askOne(then: (socket: Socket) => void, deadlineMs: number): Promise<unknown> {
    server = createServer((socket) => {
      greeted.push(socket);
      sendFirstPacket(socket, true);
      socket.once('data', () => then(socket));
    });
    server.listen(0, 'localhost');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = `mysql://hotline:secret@localhost:${port}/hotline?tls-ca=${authority.file}`;
    pool = new Database({ url, deadlineMs });
    return pool.run((session) => session.select(whichTls, [])).catch((error: unknown) => error);
  }

  test('that is cut off costs a statement its deadline, and no socket is left', async () => {
    const stayingSilent = (socket: Socket) => void socket.resume();
    expect(await askOne(stayingSilent, 300)).toBeInstanceOf(RegistryUnavailable);
    await until(() => greeted.length > 0 && greeted.every(({ closed }) => closed));
  });

  test.each<[string, (socket: Socket) => void]>([
    ['closes', (socket) => socket.destroy()],
    ['resets', (socket) => socket.resetAndDestroy()],
  ])('that %s the connection may be back: it does not refuse these settings', async (_how, breaks) => {
    const failure = await askOne(breaks, 5000);
    expect(failure).toBeInstanceOf(RegistryUnavailable);
    expect(failure).not.toBeInstanceOf(RegistryUnusable);
  });
});

describe('a server that does not speak TLS 1.2', () => {
  let server: Server;
  afterEach(() => server.close());

  test.each([
    [
      'speaks TLS 1.1 only',
      true,
      'TLS: expected TLS 1.2 or later, and the server does not speak it (HANDSHAKE_SSL_ERROR)',
    ],
    [
      'offers no TLS',
      false,
      'TLS: expected an encrypted connection, and the server offers none (HANDSHAKE_NO_SSL_SUPPORT)',
    ],
  ])('and %s is refused before it gets a password', async (_, offersTls, sentence) => {
    let received = '';
    server = createServer((socket) => greet(socket, offersTls, (data) => (received += data)));
    server.listen(0, 'localhost');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = `mysql://hotline:secret@localhost:${port}/hotline?tls-ca=${authority.file}`;
    expect(await connectBothWays(url)).toEqual([sentence, sentence]);
    expect(received).not.toContain('hotline');
  });

  /** The first packet, and then TLS 1.1. */
  function greet(socket: Socket, offersTls: boolean, onData: (data: string) => void): void {
    sendFirstPacket(socket, offersTls);
    const { certificate: cert, key } = authority.issue('DNS:localhost');
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    socket.once('data', (request) => {
      const length = request.readUIntLE(0, 3) + 4;
      onData(request.toString('latin1', 0, length));
      socket.pause();
      socket.unshift(request.subarray(length)); // the client does not wait for an answer
      new TLSSocket(socket, { isServer: true, secureContext: createSecureContext({ cert, key, ...old }) })
        .on('error', () => undefined)
        .on('data', (data) => onData(String(data)));
    });
  }
});
