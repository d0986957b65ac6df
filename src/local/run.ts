import { chmodSync, chownSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings } from '../config.ts';
import { loadDemoCitizens } from '../mysql/import/demo-citizens.ts';
import { migrate } from '../mysql/schema/migrate.ts';
import { giveStoreTo } from '../recordings/own/give-to.ts';
import { prepareStore } from '../recordings/own/own-recordings.ts';
import { shippedSounds } from '../recordings/sounds-directory.ts';
import { applicationService, smsReceiverService } from './application.ts';
import { becomeRoot } from './become-root.ts';
import { newBrowserPhone } from './browser-phone.ts';
import { createDatabase, databaseService } from './database.ts';
import { buildDebianRoot } from './debian-root.ts';
import { demoAdmin, ensureDemoAdmin } from './demo-admin.ts';
import { installHostPackages } from './host-packages.ts';
import { grantLoginRights } from './login-page.ts';
import { pbxService } from './pbx.ts';
import { neededPorts, preflight } from './preflight.ts';
import { Progress, type Step } from './progress.ts';
import { claimRunState, type Release } from './run-lock.ts';
import { checkoutOwner, makeDirectory, runState, type Owner, type RunState } from './run-state.ts';
import { ensureRunSecrets, localGateway, type RunSecrets } from './secrets.ts';
import { serviceUser } from './service-user.ts';
import { Services } from './services.ts';
import { listenForStop } from './listen-for-stop.ts';
import { beginLogs } from './logs.ts';

export interface RunOptions {
  /** Folder of the run state; absent: `.hotline/` of the checkout. */
  readonly state?: string;
  /** The private Debian root; absent: `.hotline/root` of the checkout. Several run states may share one. */
  readonly root?: string;
}

/**
 * Starts the whole hotline on this machine and keeps it running until it is asked to stop (Ctrl-C,
 * SIGTERM, a closed terminal); ends all it started and nothing else.
 *
 * @throws StartError, whose exitCode the process should end with
 */
export async function run(options: RunOptions = {}): Promise<void> {
  process.umask(0o022); // the modes below are exact, also for what mmdebstrap makes
  const progress = new Progress();
  becomeRoot((line) => progress.say(line));
  const state = runState(options.state, options.root);
  const web = readSettings(['HTTP_HOST', 'HTTP_PORT']);
  const release = await claim(state, web);
  const stop = listenForStop();
  const services = new Services(stop.signal);
  try {
    await prepare(state, progress, stop.signal);
    await start(state, services, web, progress);
    await stop.requested;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    if (stop.signal.aborted) progress.say('Stopping the hotline.');
    await services.stop(stop.insisted);
    await release();
    stop.forget();
  }
}

type Web = ReturnType<typeof readSettings<'HTTP_HOST' | 'HTTP_PORT'>>;

/** An existing run state is claimed first: a hotline that runs already is not "a port in use". */
async function claim(state: RunState, web: Web): Promise<Release> {
  const ports = neededPorts({ address: web.HTTP_HOST, port: web.HTTP_PORT });
  if (!existsSync(state.lock)) {
    await preflight(state, ports);
    makeDirectory(state.directory, checkoutOwner(), 0o700);
    return claimRunState(state.lock);
  }
  const release = await claimRunState(state.lock);
  try {
    await preflight(state, ports);
    return release;
  } catch (error) {
    await release();
    throw error;
  }
}

/** What takes time at the first start only. */
async function prepare(state: RunState, progress: Progress, signal: AbortSignal): Promise<void> {
  chmodSync(state.directory, 0o700); // also if it existed: outside the private root the services' user ids may belong to people
  beginLogs(state);
  const log = join(state.logs, 'debian.log');
  await installHostPackages(progress, log);
  await buildDebianRoot(state.root, { progress, log, signal });
  await createDatabase(state, progress, signal);
}

async function start(state: RunState, services: Services, web: Web, progress: Progress): Promise<void> {
  const report = (line: string) => progress.say(line);
  const secrets = ensureRunSecrets(state);
  const database = databaseService(state, secrets, report);
  const phone = await newBrowserPhone();
  const user = serviceUser();
  for (const folder of [state.journal, state.compiled]) makeOwnFolder(folder, user);
  await makeRecordings(state, user);
  const pbx = pbxService(state, secrets, phone.pbxFiles, report);
  const receiver =
    secrets.SMS_GATEWAY_URL === localGateway ? [smsReceiverService(state, secrets, user, report)] : [];
  await progress.sideBySide([
    [services.startStep(database), prepareRegistryStep(secrets)],
    ...[pbx, ...receiver].map((service) => [services.startStep(service)]),
  ]);
  const health = `http://${web.HTTP_HOST}:${web.HTTP_PORT}/health`;
  const application = applicationService(state, secrets, phone.settings, user, health, report);
  await progress.sideBySide([[services.startStep(application)]]);
  progress.say(readyMessage(state, web));
}

/** A folder of the application alone. */
function makeOwnFolder(folder: string, user: Owner): void {
  makeDirectory(folder, user, 0o700);
  chownSync(folder, user.uid, user.gid); // an earlier start may have had another user
}

/** What Asterisk plays from must be there before it starts. */
async function makeRecordings({ recordings }: RunState, user: Owner): Promise<void> {
  await prepareStore({ directory: recordings, program: shippedSounds });
  giveStoreTo(recordings, user);
}

function prepareRegistryStep(secrets: RunSecrets): Step {
  const { DATABASE_URL: applicationUrl, DATABASE_OWNER_URL: url } = secrets;
  const work = async () => {
    await migrate(url, { applicationUrl });
    await grantLoginRights(url, secrets.LOGIN_DATABASE_URL);
    await loadDemoCitizens(url);
    await ensureDemoAdmin(secrets, readSettings(['NODE_NAME']).NODE_NAME);
  };
  return { title: 'Migrating the database, adding the demo citizens and the demo admin', work };
}

/** How to call the hotline that has just become ready. */
function readyMessage(state: RunState, web: Web): string {
  return `hotline ready
  Softphone   register 6001 or 6002 at 127.0.0.1:5060 (UDP or TCP), password SOFTPHONE_PASSWORD in ${state.env}
  Dial        19009068, then 8; from 6001 key 0123456789, from 6002 key 7912345678
  No phone?   http://127.0.0.1:${web.HTTP_PORT}/phone in a browser, or make call
  Log in      http://127.0.0.1:${web.HTTP_PORT}/login with the code and the password that you heard
  Console     http://${web.HTTP_HOST}:${web.HTTP_PORT}/ user ${demoAdmin}, password CONSOLE_PASSWORD in ${state.env}
  Logs        ${state.logs}
  Stop        Ctrl-C`;
}
