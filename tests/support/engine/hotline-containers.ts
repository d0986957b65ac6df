/** The hotline of compose.yaml, built and started for a test, in a network that has only loopback. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  DockerComposeEnvironment,
  GenericContainer,
  Wait,
  type StartedDockerComposeEnvironment,
  type StartedTestContainer,
} from 'testcontainers';
import { checkout } from '../../../src/local/run-state.ts';
import { ensureComposeClient } from './compose-client.ts';
import { hasImage } from './database-images.ts';
import { importDebianRoot } from './debian-root-image.ts';
import { engineHost, useEngine } from './docker-engine.ts';
import { oneAtATime } from './docker-engine-users.ts';
import { canPullImages } from './image-registry.ts';

const say = (line: string) => void process.stderr.write(`docker: ${line}\n`);

/** A running hotline in containers. */
export interface ContainerHotline {
  /** A service's container: `application`, `pbx` or `database`. */
  service(name: string): StartedTestContainer;
  /** Runs `hotline call` beside the hotline; returns what it printed when it ended. */
  call(): Promise<string>;
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
  const network = `container:${loopback.getId()}`;
  const stopAll = async (services?: StartedDockerComposeEnvironment) => {
    await services?.down({ timeout: 20_000, removeVolumes: true });
    await loopback.stop({ timeout: 0 });
  };
  try {
    const services = await new DockerComposeEnvironment(checkout, 'compose.yaml')
      .withEnvironment({
        ...client.environment,
        HOTLINE_NETWORK: network,
        HOTLINE_DEBIAN_IMAGE: debian,
        NODE_EXTRA_CA_CERTS: certificates(),
      })
      .withClientOptions({ executable: { executablePath: client.executable } })
      .withBuild()
      .withStartupTimeout(120_000)
      .up();
    return {
      service: (name) => services.getContainer(`${name}-1`),
      call: () => call(network),
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

/** The last line of `hotline call` in every case, so that a test that fails shows the whole call. */
const verdict = /The new password is|No password was heard|not twice the same|hotline call:/;

async function call(network: string): Promise<string> {
  const caller = await new GenericContainer('hotline-application')
    .withNetworkMode(network)
    .withCommand(['call'])
    .withWaitStrategy(Wait.forLogMessage(verdict))
    .withStartupTimeout(120_000)
    .start();
  const printed = await text(await caller.logs());
  await caller.stop();
  return printed;
}
