/** The Debian roots that tests boot or install in, kept below .hotline/ like the private root of `make run`. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { keepRoot } from '../../../src/local/kept-root.ts';
import { runState } from '../../../src/local/run-state.ts';
import { mmdebstrap } from '../engine/mmdebstrap.ts';
import { ensurePrivateRoot } from './private-root.ts';
import { SystemdMachine } from './systemd-machine.ts';

const kept = (name: string) => join(runState().directory, 'roots', name);

/** Makes a plain Debian of a suite with some packages, unless it is kept. @returns layers for a machine */
export async function plainDebian(suite: string, packages: readonly string[]): Promise<string[]> {
  const root = kept(suite);
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  await keepRoot(root, JSON.stringify({ suite, packages }), (target) =>
    mmdebstrap({ suite, variant: 'minbase', packages, target, say }),
  );
  return [root];
}

/** The private root with more packages, which are a layer of their own upon it. @returns layers for a machine */
export async function privateDebian(name: string, packages: readonly string[]): Promise<string[]> {
  await ensurePrivateRoot();
  const { root } = runState();
  const layer = kept(name);
  // A layer fits the very root that it was made upon.
  const base = statSync(join(root, 'etc/hotline-root.json'));
  await keepRoot(
    layer,
    JSON.stringify({ packages, inode: base.ino, madeAt: base.mtimeMs }),
    async (target) => {
      const machine = new SystemdMachine([root], `${target}.machine`);
      try {
        machine.install(packages);
      } catch (error) {
        await machine.remove();
        throw error;
      }
      machine.keepChanges(target);
    },
  );
  return [layer, root];
}
