/**
 * The application: wires the layers together and takes calls until it is told to stop. While the
 * database is unreachable or Asterisk does not answer the process waits for it, and callers hear an apology.
 *
 * It registers on the PBX last (docs/adr/0033-start-log-watchdog.md): a start that fails leaves a process
 * that serves, and its calls, alone.
 */
import { flushCompileCache } from 'node:module';
import { randomUUID } from 'node:crypto';
import { Admission } from './application/admission.ts';
import { leaveNode, takeNode, type LeaseOptions } from './application/lease.ts';
import type { AriConnection } from './asterisk/ari/ari-connection.ts';
import { reachAri } from './asterisk/ari/connect-ari.ts';
import { everySound } from './call/prompts.ts';
import { soundsOf } from './hotline/branch.ts';
import { loadBranches, type Branches } from './hotline/branches.ts';
import { recoverCall } from './hotline/recover-call.ts';
import type { Logger } from './logger.ts';
import { nameThisProcess } from './machine/process-life.ts';
import type { Systemd } from './machine/systemd.ts';
import { MysqlConsoleUsers } from './mysql/console/mysql-console-users.ts';
import { Database } from './mysql/database/database.ts';
import { MysqlOutbox } from './mysql/outbox.ts';
import { MysqlRegistry } from './mysql/registry/mysql-registry.ts';
import type { SmsGatewayOptions } from './notifications/sms-gateway.ts';
import { requireSounds } from './recordings/catalogue.ts';
import { LiveRecordings } from './recordings/own/live-recordings.ts';
import { soundsDirectory } from './recordings/sounds-directory.ts';
import { CallJournal } from './records/call-journal.ts';
import type { CallLedger } from './records/call-ledger.ts';
import { startBackground } from './serve-background.ts';
import { openConsole } from './serve-console.ts';
import { openDeveloperPages } from './serve-developer-pages.ts';
import { openHealth } from './serve-health.ts';
import { admit, openHotline } from './serve-hotline.ts';
import { openMetrics, type OpenPages } from './serve-metrics.ts';
import { readinessOf, soundsToPlay } from './serve-readiness.ts';
import { ariOf, gatewayOf, limitsOf, type ServeConfig as Config } from './serve-settings.ts';
import { pause } from './timing/pause.ts';
import { wait } from './timing/wait.ts';
import { whenAborted } from './timing/when-aborted.ts';

/** Why the application ended. */
export type ServeEnd = 'stopped' | 'replaced';

/** When to stop. */
export interface Stop {
  /** Aborted: take no more calls, and end with the last one (docs/adr/0015-drain.md). */
  readonly asked: AbortSignal;
  /** Aborted, after `asked`: release every line at once. */
  readonly insisted: AbortSignal;
}

/**
 * How long to wait at the end for rows that an unreachable database has not taken, ms. The next process
 * closes them.
 */
const rowsMs = 3000;
/** Between two looks at a registry that is not ready yet, ms. */
const askReadyMs = 1000;
/** With those of outbox and sealer at most the ten that docs/operating.md allows for beside the calls'. */
const consoleConnections = 4;

/** What is opened before the application registers on the PBX. */
interface Parts {
  /** This process. */
  readonly instanceId: string;
  /** Null: owners are not notified of resets. */
  readonly gateway: SmsGatewayOptions | null;
  readonly branches: Branches;
  readonly recordings: LiveRecordings;
  /** Those of `recordings`. */
  readonly soundLengths: ReadonlyMap<string, number>;
  readonly registry: MysqlRegistry;
  readonly outbox: MysqlOutbox;
  /** What the console asks with: never a connection of the calls. */
  readonly consoleDatabase: Database;
  readonly consoleUsers: MysqlConsoleUsers;
  readonly admission: Admission;
  readonly journal: CallJournal;
}

/**
 * Serves calls until it is told to stop and has drained (`stopped`), or until another process takes
 * over the application's name on the PBX (`replaced`).
 *
 * @throws what prevents the start: a file that is no branch, a missing sound, a journal or port in use, no ARI there, a refused login,
 * a schema that is not whole, a node that is taken.
 */
export async function serve(config: Config, logger: Logger, stop: Stop, systemd: Systemd): Promise<ServeEnd> {
  const parts = await openParts(config, logger);
  const { admission, instanceId } = parts;
  const drained = Promise.withResolvers<'stopped'>();
  const leaving = new AbortController();
  const drain = (seconds = config.DRAIN_SECONDS) => {
    logger.info('draining: no more calls are taken', { calls: admission.status.calls, seconds });
    systemd.stopping();
    leaving.abort();
    void admission.drain(seconds).then(() => drained.resolve('stopped'));
  };
  const pbx: { connection?: AriConnection; ledger?: CallLedger } = {};
  const checkReadiness = readinessOf(parts, pbx);
  const health = await openHealth(config, { ...parts, logger, checkReadiness }, pbx, drain, [
    openConsole(config, { ...parts, logger }, pbx, drain),
    ...(await openDeveloperPages(config, parts.recordings, logger)),
  ]);
  const metrics = await openMetrics(config, { ...parts, checkReadiness }, pbx, logger);
  whenAborted(stop.asked, () => drain());
  whenAborted(stop.insisted, () => admission.cutAll());
  const place = await takePlace(config, logger, parts, systemd, leaving.signal);
  if (place === null) {
    await close(parts, metrics, health);
    return 'stopped';
  }
  const { ari, lease } = place;
  pbx.connection = ari;
  const hotline = openHotline(config, logger, parts, ari);
  pbx.ledger = hotline.ledger;
  const background = startBackground(config, logger, parts, hotline, lease, stop.asked);
  ari.onInterrupted((channel) =>
    admission.admitInterrupted(channel, (line) => recoverCall(line, hotline, background.recovered)),
  );
  ari.onCall((channel, args) => admit(channel, args, admission, hotline, parts.branches));
  logger.info('taking calls', { instanceId });
  void tellWhenReady(systemd, parts.registry, leaving.signal);

  const replaced = Promise.race([ari.replaced, background.replaced]).then(() => 'replaced' as const);
  const end = await Promise.race([drained.promise, replaced]);
  const why = end === 'stopped' ? 'stopping' : 'another process has taken our place; stopping';
  logger.info(why, { calls: admission.status.calls });
  if (end === 'stopped') await ari.retire();
  else ari.close();
  await Promise.race([background.finish(), wait(rowsMs, { keepsAlive: false })]);
  await close(parts, metrics, health);
  return end;
}

/** A caller would be served as soon as the database takes changes. */
async function tellWhenReady(systemd: Systemd, registry: MysqlRegistry, leaving: AbortSignal): Promise<void> {
  if (!systemd.isThere) return;
  while (!leaving.aborted && (await registry.whyNotReady()) !== null) await pause(askReadyMs, leaving);
  if (!leaving.aborted) systemd.ready();
}

async function close(
  { registry, outbox, consoleDatabase, journal, recordings }: Parts,
  ...pages: readonly OpenPages[]
): Promise<void> {
  recordings.close();
  await Promise.all([registry.end(), outbox.end(), consoleDatabase.end()]);
  // A disk that hangs must not keep the process.
  await Promise.race([journal.close().catch(() => undefined), wait(rowsMs, { keepsAlive: false })]);
  flushCompileCache(); // Node does it at the exit, which then takes half a second longer than it says
  for (const page of pages) await page.close(); // last, because `hotline drain` takes this as the end
}

async function openParts(config: Config, logger: Logger): Promise<Parts> {
  const { DATABASE_URL: url, DATABASE_DEADLINE_MS: deadlineMs } = config;
  const branches = await loadBranches();
  const places = { directory: config.RECORDINGS_DIRECTORY, program: soundsDirectory };
  const recordings = await LiveRecordings.open(places, logger);
  requireSounds(recordings.folder, recordings.lengths, [...everySound(), ...soundsOf(branches)]);
  const audit = { key: config.AUDIT_KEY, node: config.NODE_NAME };
  const consoleDatabase = new Database({ url, deadlineMs, poolSize: consoleConnections, pool: 'console' });
  return {
    instanceId: randomUUID(),
    gateway: gatewayOf(config),
    branches,
    recordings,
    soundLengths: recordings.lengths,
    journal: await CallJournal.open(config.JOURNAL_DIRECTORY, (error) =>
      logger.error('the steps of calls cannot be noted in the journal', { error }),
    ),
    registry: new MysqlRegistry({
      url,
      deadlineMs,
      poolSize: config.DATABASE_POOL_SIZE,
      limits: limitsOf(config),
      audit,
    }),
    outbox: new MysqlOutbox({ url, deadlineMs, poolSize: 2, maxAgeHours: config.SMS_MAX_AGE_HOURS }),
    consoleDatabase,
    consoleUsers: new MysqlConsoleUsers(consoleDatabase, audit),
    admission: new Admission({ maxCalls: config.MAX_CALLS, logger }),
  };
}

/**
 * Finds the PBX and takes the node; from then on calls come in.
 *
 * @returns null if we were told to leave meanwhile: the process that serves keeps its calls
 */
async function takePlace(
  config: Config,
  logger: Logger,
  { registry, instanceId, recordings }: Parts,
  systemd: Systemd,
  leaving: AbortSignal,
): Promise<{ ari: AriConnection; lease: LeaseOptions } | null> {
  systemd.waitingFor('Asterisk');
  const ari = await connectPbx(config, logger, recordings, leaving);
  if (ari === null) return null;
  systemd.waitingFor('the database');
  const instance = { instanceId, node: config.NODE_NAME, process: nameThisProcess() };
  const lease = { registry, instance, logger };
  await takeNode(lease, leaving, () => ari.isServed());
  if (leaving.aborted) {
    ari.close();
    await leaveNode(lease);
    return null;
  }
  await register(ari, lease);
  return { ari, lease };
}

/**
 * Logs in, once Asterisk answers, and checks that it can play what callers will hear. It notices nothing of us yet.
 *
 * @returns null if we were told to leave meanwhile
 */
async function connectPbx(
  config: Config,
  logger: Logger,
  { lengths, shortestLengths: soundLengths }: LiveRecordings,
  leaving: AbortSignal,
): Promise<AriConnection | null> {
  const ari = await reachAri({ ...ariOf(config), language: 'vi', soundLengths, logger }, leaving);
  await ari?.checkSounds(soundsToPlay(lengths));
  return ari;
}

/** From here on calls come in. @throws AriUnavailable; the node is then free again */
async function register(ari: AriConnection, lease: LeaseOptions): Promise<void> {
  try {
    await ari.register();
  } catch (error) {
    await leaveNode(lease);
    throw error;
  }
}
