/**
 * The application: wires the layers together, takes calls until it is told to stop. Callers who
 * come while the database is away hear an apology; the process itself waits for it.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { CallJournal } from './records/call-journal.ts';
import { CallLedger } from './records/call-ledger.ts';
import type { Channel } from './call/channel.ts';
import type { CallBackLine } from './call/call-back-line.ts';
import type { AriConnection } from './asterisk/ari/ari-connection.ts';
import { connectAri } from './asterisk/ari/connect-ari.ts';
import { everySound, soundOf, type Utterance } from './call/prompts.ts';
import { ConfigError, limitsOf } from './config.ts';
import { CallBackDesk } from './hotline/call-back/orders.ts';
import { identityRule } from './hotline/caller-identity.ts';
import { Admission } from './application/admission.ts';
import { recordRefusal, recoverCall, takeCall, type Hotline } from './hotline/take-call.ts';
import type { Logger } from './logger.ts';
import { AuditSealer } from './mysql/audit/audit-sealer.ts';
import { MysqlRegistry } from './mysql/registry/mysql-registry.ts';
import { keepPurged } from './mysql/registry/purge-attempts.ts';
import { MysqlOutbox } from './mysql/outbox.ts';
import { deliverNotifications } from './notifications/notifier.ts';
import { loadSoundLengths } from './recordings/catalogue.ts';
import type { ServeConfig as Config } from './serve-settings.ts';
import { serveHealth, type Status } from './application/health.ts';

/** Why the application ended. */
export type ServeEnd = 'stopped' | 'replaced';

const soundsDirectory = join(import.meta.dirname, '../sounds/vi');
const recoveryRetryMs = 1000;

/** When to end. */
export interface Stop {
  /** Aborted: take no more calls, and end with the last one (docs/adr/0015-drain.md). */
  readonly asked: AbortSignal;
  /** Aborted, after `asked`: let every line go at once. */
  readonly insisted: AbortSignal;
}

/**
 * Serves calls until it is told to stop and has drained (`stopped`), or until another process takes
 * the application's name on the PBX (`replaced`).
 *
 * @throws what keeps it from starting: no ARI, a refused login, a missing sound, a port in use.
 */
export async function serve(config: Config, logger: Logger, stop: Stop): Promise<ServeEnd> {
  requireGatewaySecret(config);
  const soundLengths = await loadSoundLengths(soundsDirectory);
  const registry = openRegistry(config);
  const outbox = new MysqlOutbox({
    url: config.DATABASE_URL,
    deadlineMs: config.DATABASE_DEADLINE_MS,
    poolSize: 2,
  });
  const admission = new Admission({ maxCalls: config.MAX_CALLS, logger });
  const instanceId = randomUUID();
  const drained = Promise.withResolvers<'stopped'>();
  const drain = (seconds = config.DRAIN_SECONDS) => {
    logger.info('draining: no more calls are taken', { calls: admission.status.calls, seconds });
    void admission.drain(seconds).then(() => drained.resolve('stopped'));
  };
  // Before the PBX hears of us: a second process started by mistake ends here, and takes no calls away.
  const pbx: { connection?: AriConnection } = {};
  const health = await serveHealth({
    host: config.HTTP_HOST,
    port: config.HTTP_PORT,
    hashKey: config.HASH_KEY,
    check: async () => ({
      pbx: pbx.connection?.state === 'connected',
      registry: await answers(registry),
      admitting: !admission.status.draining,
    }),
    status: async () => ({
      instanceId,
      ...admission.status,
      notifications: await notificationStatus(outbox, config),
    }),
    drain,
  });
  const ari = await connectPbx(config, logger, soundLengths);
  pbx.connection = ari;
  const hotline = {
    ...openHotline(config, logger, registry, soundLengths),
    ledger: await openLedger(config, logger, registry),
    instanceId,
    ...openCallBackDesk(config, registry, calledBackOver(ari, admission)),
  };
  const recovered = closeInterruptedCalls({ ...hotline, registry }, stop.asked);
  const notified = startNotifier(config, logger, outbox);
  const sealer = new AuditSealer({ url: config.DATABASE_URL, key: config.AUDIT_KEY, logger }).start();
  ari.onInterrupted((channel) => admission.attend(channel, (line) => recoverCall(line, hotline, recovered)));
  ari.onCall((channel, args) => callComes(channel, args, admission, hotline));
  whenAborted(stop.asked, () => drain());
  whenAborted(stop.insisted, () => admission.hurry());
  void keepPurged(registry, logger, stop.asked);
  logger.info('taking calls', { instanceId });

  const end = await Promise.race([drained.promise, ari.replaced.then(() => 'replaced' as const)]);
  logger.info(end === 'stopped' ? 'stopping' : 'another process has taken our place on the PBX; stopping', {
    calls: admission.status.calls,
  });
  if (end === 'stopped') await ari.retire();
  else ari.close();
  await Promise.race([
    Promise.all([hotline.ledger.written(), notified.stop()]).then(() => sealer.stop()),
    patience(),
  ]);
  await Promise.all([registry.end(), outbox.end()]);
  health.close(); // last: whoever asked for a drain takes this for the end
  return end;
}

/** @param args what the dialplan gives to `Stasis()` */
function callComes(
  channel: Channel,
  [wanted, rule]: readonly string[],
  admission: Admission,
  hotline: Hotline,
): void {
  if (wanted !== 'reset') return void channel.hangUp(); // a leg that was called, by a process that is dead or has given it up
  const refusal = admission.admit(channel, (line) => takeCall(line, hotline, identityRule(rule)));
  if (refusal !== null) recordRefusal(channel, hotline, refusal);
}

async function connectPbx(
  config: Config,
  logger: Logger,
  soundLengths: ReadonlyMap<string, number>,
): Promise<AriConnection> {
  const ari = await connectAri({
    url: config.ARI_URL,
    username: config.ARI_USERNAME,
    password: config.ARI_PASSWORD,
    application: config.ARI_APPLICATION,
    language: 'vi',
    soundLengths,
    logger,
  });
  // What we ask for, and what lies there for the dialplan: the menu comes before anything of ours.
  await ari.checkSounds([...new Set([...everySound(), ...soundLengths.keys()])]);
  return ari;
}

function openRegistry(config: Config): MysqlRegistry {
  return new MysqlRegistry({
    url: config.DATABASE_URL,
    deadlineMs: config.DATABASE_DEADLINE_MS,
    poolSize: config.DATABASE_POOL_SIZE,
    limits: limitsOf(config),
    audit: { key: config.AUDIT_KEY, node: config.NODE_NAME },
  });
}

function openHotline(
  config: Config,
  logger: Logger,
  registry: MysqlRegistry,
  soundLengths: ReadonlyMap<string, number>,
): Omit<Hotline, 'instanceId' | 'ledger'> {
  return {
    registry,
    logger,
    hashKey: config.HASH_KEY,
    codeLengths: config.BHXH_CODE_LENGTHS,
    attemptsPerCall: config.ENTRIES_PER_CALL,
    passwordLength: config.PASSWORD_LENGTH,
    passwordValidMinutes: config.PASSWORD_VALID_MINUTES,
    timings: {
      firstDigitTimeoutMs: config.FIRST_DIGIT_TIMEOUT_MS,
      interdigitTimeoutMs: config.INTERDIGIT_TIMEOUT_MS,
    },
    speechMs: (sentence: readonly Utterance[]) =>
      sentence.reduce((sum, utterance) => sum + (soundLengths.get(soundOf(utterance)) ?? 0), 0),
  };
}

async function openLedger(config: Config, logger: Logger, registry: MysqlRegistry): Promise<CallLedger> {
  const journal = await CallJournal.open(config.JOURNAL_DIRECTORY);
  return new CallLedger({
    registry,
    journal,
    onFault: (error) => logger.error('the record of a call could not be kept', { error }),
  });
}

/** Whoever is called back is on a line of ours like any caller, until it is over. */
function calledBackOver(ari: CallBackLine, admission: Admission): CallBackLine {
  return {
    async dial(number, dial) {
      if (admission.isClosed) return 'failed';
      const answered = await ari.dial(number, dial);
      if (typeof answered === 'string') return answered;
      return new Promise((resolve) =>
        admission.attendQuietly(answered, (line) => {
          resolve(line);
          return new Promise((over) => whenAborted(line.gone, over));
        }),
      );
    },
  };
}

/** No desk where nobody is to be called back. */
function openCallBackDesk(
  config: Config,
  register: MysqlRegistry,
  line: CallBackLine,
): Pick<Hotline, 'callBack'> {
  if (config.CALL_BACK === 'off') return {};
  const callBack = new CallBackDesk({
    mode: config.CALL_BACK,
    line,
    register,
    perNumberDay: config.CALL_BACKS_PER_NUMBER_DAY,
    atOnce: config.CALL_BACKS_AT_ONCE,
    ringMs: config.CALL_BACK_RING_SECONDS * 1000,
    delayMs: config.CALL_BACK_DELAY_MS,
  });
  return { callBack };
}

/** Closes what an earlier process left open, as soon as the database can be reached. */
async function closeInterruptedCalls(
  { registry, ledger, instanceId, logger }: Omit<Hotline, 'registry'> & { registry: MysqlRegistry },
  stop: AbortSignal,
): Promise<void> {
  const left = await ledger.closeInterrupted(instanceId);
  if (left > 0) logger.warn('an earlier process left calls in the journal', { calls: left });
  for (let waiting = false; !stop.aborted; waiting = true) {
    try {
      const count = await registry.closeInterruptedCalls(instanceId);
      if (count > 0) logger.warn('closed calls that an earlier process left open', { calls: count });
      return;
    } catch (error) {
      if (!waiting) logger.error('the database is away; callers hear an apology until it is back', { error });
      await new Promise((resolve) => setTimeout(resolve, recoveryRetryMs));
    }
  }
}

async function answers(registry: MysqlRegistry): Promise<boolean> {
  return registry.ping().then(
    () => true,
    () => false,
  );
}

function whenAborted(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
}

/** @throws ConfigError */
function requireGatewaySecret(config: Config): void {
  if (config.SMS_GATEWAY_URL !== '' && config.SMS_GATEWAY_SECRET === '') {
    throw new ConfigError(
      'SMS_GATEWAY_SECRET is not set: expected, beside SMS_GATEWAY_URL, at least 16 characters that the gateway knows too',
    );
  }
}

/** Delivers the outbox in the background, if there is a gateway. `stop` resolves when the attempts under way are settled. */
function startNotifier(config: Config, logger: Logger, outbox: MysqlOutbox): { stop: () => Promise<void> } {
  if (config.SMS_GATEWAY_URL === '') {
    logger.warn(
      'no SMS gateway is set (SMS_GATEWAY_URL): owners are not told of resets; the messages wait in the database',
    );
    return { stop: () => Promise.resolve() };
  }
  const stop = new AbortController();
  const gateway = {
    url: config.SMS_GATEWAY_URL,
    secret: config.SMS_GATEWAY_SECRET,
    deadlineMs: config.SMS_DEADLINE_MS,
  };
  const done = deliverNotifications(
    { outbox, gateway, logger, maxAttempts: config.SMS_MAX_ATTEMPTS },
    stop.signal,
  );
  return {
    stop: () => {
      stop.abort();
      return done;
    },
  };
}

async function notificationStatus(outbox: MysqlOutbox, config: Config): Promise<Status['notifications']> {
  return outbox.counts().then(
    ({ waiting, dead }) => ({ gateway: config.SMS_GATEWAY_URL !== '', waiting, dead }),
    () => null,
  );
}

/** Rows that a database which stays away cannot take are closed by the next process. */
function patience(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 3000).unref());
}
