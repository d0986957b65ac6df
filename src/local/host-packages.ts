import type { Progress } from './progress.ts';
import { findInPath } from './become-root.ts';
import { runLogged } from './logged-command.ts';
import { StartError } from './start-error.ts';

/** What this machine needs beyond a plain Debian: the builder of the private root and the keys it checks. */
const needed = [{ package: 'mmdebstrap', isInstalled: () => findInPath('mmdebstrap') !== undefined }];

const aptInstall = ['apt-get', 'install', '--yes', '--no-install-recommends'];

/**
 * Installs the missing Debian packages on this machine, after naming them and their dependencies.
 * Not abortable: a package manager killed half-way leaves a machine that needs repair.
 *
 * @throws StartError (noNetwork, unsupportedMachine)
 */
export async function installHostPackages(progress: Progress, log: string): Promise<void> {
  const missing = needed.filter((entry) => !entry.isInstalled()).map((entry) => entry.package);
  if (missing.length === 0) return;
  let all = await packagesToInstall(missing, log);
  if (all === undefined) {
    await updateLists(progress, log);
    all = await packagesToInstall(missing, log);
  }
  if (all === undefined)
    throw new StartError(
      'unsupportedMachine',
      `This machine's apt offers no package ${missing.join(' ')}: the hotline needs Debian 12 or later.`,
    );
  progress.say(`Debian packages to be installed on this machine: ${all.join(' ')}`);
  if (await install(missing, progress, log)) return;
  await updateLists(progress, log); // lists from last month name versions that the mirror has dropped
  if (await install(missing, progress, log)) return;
  throw new StartError(
    'noNetwork',
    `apt-get could not install ${missing.join(' ')}: make "apt-get install ${missing.join(' ')}" work, then try again; details are in ${log}.`,
  );
}

/** @returns undefined when apt does not know a package: its lists are missing or old */
async function packagesToInstall(missing: readonly string[], log: string): Promise<string[] | undefined> {
  const { code, output } = await runLogged([...aptInstall, '--simulate', ...missing], { log });
  if (code !== 0) return undefined;
  return [...output.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name ?? '');
}

/** @returns whether it worked */
async function install(missing: readonly string[], progress: Progress, log: string): Promise<boolean> {
  const { code } = await progress.step('Installing them with apt-get', (note) =>
    runLogged([...aptInstall, ...missing], { log, onLine: note }),
  );
  return code === 0;
}

async function updateLists(progress: Progress, log: string): Promise<void> {
  await progress.step("Fetching Debian's package lists (apt-get update)", async () => {
    const { code } = await runLogged(['apt-get', 'update'], { log });
    if (code !== 0)
      throw new StartError(
        'noNetwork',
        `Debian's package lists could not be fetched (apt-get update): check the network, then try again; details are in ${log}.`,
      );
  });
}
