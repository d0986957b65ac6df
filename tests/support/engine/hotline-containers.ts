/** The hotline of compose.yaml, built and started for a test, in a network that has only loopback. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  DockerComposeEnvironment,
  GenericContainer,
  type StartedDockerComposeEnvironment,
  type StartedTestContainer,
} from 'testcontainers';
import { checkout } from '../../../src/local/run-state.ts';
import { asRoot } from '../machine/run-as-root.ts';
import { ensureComposeClient } from './compose-client.ts';
import { hasImage } from './database-images.ts';
import { importDebianRoot } from './debian-root-image.ts';
import { engineHost, useEngine } from './docker-engine.ts';
import { oneAtATime } from './docker-engine-users.ts';
import { canPullImages } from './image-registry.ts';

const say = (line: string) => void process.stderr.write(`docker: ${line}\n`);

/** How an operator's commands ended. */
export interface ShellResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A running hotline in containers. */
export interface ContainerHotline {
  /** A service's container: `application`, `pbx`, `database` or `sms`. */
  service(name: string): StartedTestContainer;
  /** Runs lines of shell as root in the checkout; `docker compose …` in them means this hotline. Stops at one that fails. */
  shell(lines: string): Promise<ShellResult>;
  /** Ends all services and removes them with their data and secrets. */
  stop(): Promise<void>;
}

/**
 * Builds the images and starts the services as `docker compose up --build` does. They share the
 * network of one container that has only loopback, so the shipped ports collide with nothing.
 *
 * @throws NotInstalled if there is no compose; Error with compose's message
 */
export async function startContainerHotline(): Promise<ContainerHotline> {
  useEngine(engineHost() ?? '');
  const debian = await debianImage();
  const client = await ensureComposeClient(say);
  const loopback = await new GenericContainer(debian)
    .withCommand(['sleep', 'infinity'])
    .withNetworkMode('none')
    .start();
  const project = `hotline-test-${process.pid}`;
  const environment = {
    ...client.environment,
    HOTLINE_NETWORK: `container:${loopback.getId()}`,
    HOTLINE_DEBIAN_IMAGE: debian,
    NODE_EXTRA_CA_CERTS: certificates(),
  };
  const stopAll = async (services?: StartedDockerComposeEnvironment) => {
    await services?.down({ timeout: 20_000, removeVolumes: true });
    await loopback.stop({ timeout: 0 });
  };
  try {
    const services = await new DockerComposeEnvironment(checkout, 'compose.yaml')
      .withProjectName(project)
      .withEnvironment(environment)
      .withClientOptions({ executable: { executablePath: client.executable } })
      .withBuild()
      .withStartupTimeout(120_000)
      .up();
    return {
      service: (name) => services.getContainer(`${name}-1`),
      shell: (lines) => shell(lines, { ...environment, COMPOSE_PROJECT_NAME: project }, client.executable),
      stop: () => stopAll(services),
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

/** The certificates that npm trusts on this machine, for npm inside a build. */
function certificates(): string {
  const found = [process.env['NODE_EXTRA_CA_CERTS'], '/etc/ssl/certs/ca-certificates.crt'].find(
    (file) => file && existsSync(file),
  );
  return found ?? '/dev/null';
}

/** A bare Debian forky: the Dockerfile's own from Docker Hub, or made from Debian's packages. */
async function debianImage(): Promise<string> {
  const [, pinned = ''] =
    /^ARG DEBIAN_IMAGE=(.+)$/m.exec(readFileSync(join(checkout, 'Dockerfile'), 'utf8')) ?? [];
  if (await canPullImages()) return pinned;
  const name = 'hotline-test/debian:forky';
  await oneAtATime(async () => {
    if (!(await hasImage(name)))
      await importDebianRoot({ name, suite: 'forky', variant: 'minbase', packages: [], say });
  });
  return name;
}

function shell(
  lines: string,
  environment: Readonly<Record<string, string>>,
  docker: string,
): Promise<ShellResult> {
  const path = [
    ...(docker.includes('/') ? [dirname(docker)] : []),
    process.env['PATH'],
    '/usr/sbin',
    '/sbin',
  ];
  const variables = { ...environment, DOCKER_HOST: engineHost() ?? '', PATH: path.join(':') };
  const pairs = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const [command = '', ...words] = asRoot(['env', ...pairs, 'sh', '-ec', lines]);
  return new Promise((done) => {
    const child = execFile(command, words, { cwd: checkout }, (error, out, err) =>
      done({ code: error === null ? 0 : Number(error.code), out, err }),
    );
    child.stdin?.end();
  });
}
