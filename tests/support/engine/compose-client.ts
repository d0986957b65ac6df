/**
 * The Docker command line with compose and buildx: this machine's if it has all three, else Debian's,
 * unpacked under `.hotline/` (Debian 12 itself has only a compose from 2021).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../../../src/local/run-state.ts';
import type { Say } from './debian-packages.ts';
import { oneAtATime } from './docker-engine-users.ts';
import { mmdebstrap } from './mmdebstrap.ts';

/** The command `docker`, and the environment in which it finds its plugins. */
export interface ComposeClient {
  readonly executable: string;
  readonly environment: Record<string, string>;
}

const folder = join(checkout, '.hotline/docker/client');
const own: ComposeClient = {
  executable: join(folder, 'root/usr/bin/docker'),
  environment: { DOCKER_CONFIG: join(folder, 'config') },
};
const machines: ComposeClient = { executable: 'docker', environment: {} };

/** @throws NotInstalled if Debian's packages are not available */
export async function ensureComposeClient(say: Say): Promise<ComposeClient> {
  if (works(machines)) return machines;
  await oneAtATime(async () => {
    if (existsSync(folder)) return;
    say("unpacking Debian's docker-cli, docker-compose and docker-buildx under .hotline/docker/client");
    const partial = `${folder}.partial`;
    await mmdebstrap({
      suite: 'forky',
      variant: 'extract',
      packages: ['docker-cli', 'docker-compose', 'docker-buildx'],
      target: join(partial, 'root'),
      say,
    });
    mkdirSync(join(partial, 'config'));
    symlinkSync('../root/usr/libexec/docker/cli-plugins', join(partial, 'config/cli-plugins'));
    renameSync(partial, folder);
  });
  return own;
}

/** compose.yaml needs compose 2.20 or later. Version 1 was no plugin, so `docker compose` is at least 2. */
function works({ executable, environment }: ComposeClient): boolean {
  const ask = (...words: string[]) =>
    spawnSync(executable, words, { env: { ...process.env, ...environment }, encoding: 'utf8' });
  const [major = 0, minor = 0] =
    ask('compose', 'version', '--short').stdout?.replace(/^v/, '').split('.').map(Number) ?? [];
  return (major > 2 || (major === 2 && minor >= 20)) && ask('buildx', 'version').status === 0;
}
