import type { Note, Progress } from './progress.ts';
import { findInPath } from './become-root.ts';
import { runLogged } from './logged-command.ts';
import { StartError } from './start-error.ts';

/** All this machine needs beyond a plain Debian: what builds the private root, and the keys it checks. */
const needed = [
  { package: 'mmdebstrap', isInstalled: () => findInPath('mmdebstrap') !== undefined },
];

const install = ['apt-get', 'install', '--yes', '--no-install-recommends'];

/**
 * Installs the missing Debian packages on this machine, after naming them and what comes along.
 * Not abortable: a package manager killed half-way leaves a machine that needs repair.
 *
 * @throws StartError (noNetwork, unsupportedMachine)
 */
export async function installHostPackages(progress: Progress, log: string): Promise<void> {
  const missing = needed.filter((entry) => !entry.isInstalled()).map((entry) => entry.package);
  if (missing.length === 0) return;
  const all = (await packagesToInstall(missing, log)) ?? (await updateThenList(progress, missing, log));
  progress.say(`Debian packages to be installed on this machine: ${all.join(' ')}`);
  await progress.step('Installing them with apt-get', (note) => installNow(missing, log, note));
}

async function installNow(missing: readonly string[], log: string, note: Note): Promise<void> {
  const { code } = await runLogged([...install, ...missing], { log, onLine: note });
  if (code !== 0) throw new StartError('noNetwork', `apt-get could not install ${missing.join(' ')}: see ${log}, make "apt-get install ${missing.join(' ')}" work, then try again.`);
}

/** @returns undefined when apt does not know a package: its lists are missing or old */
async function packagesToInstall(missing: readonly string[], log: string): Promise<string[] | undefined> {
  const { code, output } = await runLogged([...install, '--simulate', ...missing], { log });
  if (code !== 0) return undefined;
  return [...output.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name ?? '');
}

async function updateThenList(progress: Progress, missing: readonly string[], log: string): Promise<string[]> {
  const { code } = await progress.step("Fetching Debian's package lists (apt-get update)", () => runLogged(['apt-get', 'update'], { log }));
  const all = await packagesToInstall(missing, log);
  if (all !== undefined) return all;
  if (code !== 0) throw new StartError('noNetwork', `Debian's package lists could not be fetched (apt-get update): check the network, then try again; details are in ${log}.`);
  throw new StartError('unsupportedMachine', `This machine's Debian offers no package ${missing.join(' ')}: the hotline needs Debian 12 or later.`);
}
