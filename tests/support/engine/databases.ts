/** Real database servers for tests, each in its own container with an empty database. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Container } from 'dockerode';
import { createConnection } from 'mysql2/promise';
import {
  GenericContainer,
  getContainerRuntimeClient,
  Network,
  type StartedTestContainer,
} from 'testcontainers';
import { databaseImage, ensureDatabaseImage, type DatabaseKind } from './database-images.ts';
import { engineHost, useEngine } from './docker-engine.ts';

export { databaseKinds, type DatabaseKind } from './database-images.ts';

/** A running server with an empty database. */
export interface Database {
  /** `mysql://hotline:password@host:port/hotline`; the user owns this database and may do nothing elsewhere. */
  readonly url: string;
  /** As `url`, for a user who has no rights until `migrate` grants the application's. */
  readonly applicationUrl: string;
  /** Runs statements as the server's administrator, for example `SET GLOBAL`. */
  administer(sql: string): Promise<void>;
  /** Replaces a file in the container, readable by the server. */
  writeFile(path: string, content: string): Promise<void>;
  /** Freezes the server like a hung machine: connections stay open and nothing answers. */
  pause(): Promise<void>;
  /** Resumes a paused server. */
  resume(): Promise<void>;
  /** `kill -9` of the server. Its data files stay. */
  kill(): Promise<void>;
  /** Starts a killed server again, on the same port; resolves when it answers queries. */
  restart(): Promise<void>;
  /** Ends the server and removes it with its data. */
  stop(): Promise<void>;
}

/** Publishes the server's port on loopback only; testcontainers would open it to the network. */
class ServerContainer extends GenericContainer {
  publish(port: number, address: string): this {
    this.createOpts.ExposedPorts = { '3306/tcp': {} };
    this.hostConfig.PortBindings = { '3306/tcp': [{ HostIp: address, HostPort: String(port) }] };
    return this;
  }
}

export interface DatabaseOptions {
  /** Further options of the server. */
  readonly options?: readonly string[];
  /** Files that it finds in its container, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

/**
 * Starts a server and waits until it answers queries, about 2 s. Use inside `describeWithDatabase`;
 * give `beforeAll` a minute, for busy machines.
 *
 * @throws Error when there is no engine, or the server is not ready within 60 s.
 */
export async function startDatabase(
  kind: DatabaseKind,
  { options = [], files = {} }: DatabaseOptions = {},
): Promise<Database> {
  useEngine(engineHost() ?? '');
  await ensureDatabaseImage(kind, (line) => void process.stderr.write(`${line}\n`));
  const { containerRuntime } = (await getContainerRuntimeClient()).info;
  const password = randomBytes(18).toString('hex');
  const network = await new Network().start();
  // Chosen here, since Docker would give a restarted server another port.
  const port = await freePort();
  const container = await new ServerContainer(databaseImage(kind))
    .withNetwork(network)
    .withEnvironment({
      MYSQL_ROOT_PASSWORD: password,
      MYSQL_DATABASE: 'hotline',
      MYSQL_USER: 'hotline',
      MYSQL_PASSWORD: password,
    })
    .withCommand(['--skip-name-resolve', ...options]) // or it asks a name server, which may not exist, before it greets
    .withCopyContentToContainer(Object.entries(files).map(([target, content]) => ({ content, target })))
    .publish(port, engineHost()?.startsWith('unix:') ? '127.0.0.1' : '')
    .start();
  const url = `mysql://hotline:${password}@${containerRuntime.host}:${port}/hotline`;
  const server = (await getContainerRuntimeClient()).container.getById(container.getId());
  const stop = async () => {
    await container.stop({ timeout: 0 });
    await network.stop();
  };
  try {
    await takesQueries(server, url);
    await addApplicationUser(container, password);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    applicationUrl: url.replace('//hotline:', '//application:'),
    administer: (sql) => administer(container, sql),
    writeFile: (target, content) => container.copyContentToContainer([{ content, target }]),
    stop,
    ...faults(server, url),
  };
}

function faults(server: Container, url: string): Pick<Database, 'pause' | 'resume' | 'kill' | 'restart'> {
  return {
    pause: async () => void (await server.pause()),
    resume: async () => void (await server.unpause()),
    kill: async () => void (await server.kill()),
    restart: async () => {
      await server.start();
      await takesQueries(server, url);
    },
  };
}

/** Connects as the server's administrator, inside its container: by socket in our images, by password in the official ones. */
const asAdministrator = `client="mariadb --skip-ssl"; command -v mariadb >/dev/null || client="mysql --ssl-mode=DISABLED"
if [ -S /tmp/mysqld.sock ]; then exec $client --socket=/tmp/mysqld.sock --user=root; fi
MYSQL_PWD=$MYSQL_ROOT_PASSWORD exec $client --user=root`;

function addApplicationUser(container: StartedTestContainer, password: string): Promise<void> {
  return administer(
    container,
    `CREATE USER 'application'@'%' IDENTIFIED BY '${password}'; GRANT ALL ON hotline.* TO 'hotline'@'%' WITH GRANT OPTION;`,
  );
}

async function administer(container: StartedTestContainer, statements: string): Promise<void> {
  const { exitCode, output } = await container.exec(
    ['sh', '-c', `printf %s "$1" | ( ${asAdministrator} )`, 'sh', statements],
    { user: 'root' },
  );
  if (exitCode !== 0) throw new Error(`the server refused its administrator: ${output}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** The official images first listen with a half-ready server, so only an answered query counts. */
async function takesQueries(server: Container, url: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      const connection = await createConnection({ uri: url, connectTimeout: 5000 });
      await connection.query('SELECT 1');
      return await connection.end();
    } catch (error) {
      const { Running } = (await server.inspect()).State;
      if (Running && Date.now() < deadline) await sleep(100);
      else
        throw new Error(
          `the database server ${Running ? 'is not ready after 60 s' : 'ended'}:\n${await lastLines(server)}`,
          { cause: error },
        );
    }
  }
}

async function lastLines(server: Container): Promise<string> {
  const log = await server.logs({ stdout: true, stderr: true, tail: 20 });
  return log.toString().replace(/[^\n -~]+/g, '');
}
