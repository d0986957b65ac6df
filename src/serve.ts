/**
 * The application: wires the layers together, takes calls until it is told to stop. Callers who
 * come while the database is away hear an apology; the process itself waits for it.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { CallLedger } from './accounts/call-ledger.ts';
import type { AriConnection } from './asterisk/ari-connection.ts';
import { connectAri } from './asterisk/connect-ari.ts';
import { everySound, soundOf, type Utterance } from './call/prompts.ts';
import type { Config } from './config.ts';
import { identityRule } from './hotline/caller-identity.ts';
import { releaseOrphan, takeCall, type Hotline } from './hotline/take-call.ts';
import type { Logger } from './logger.ts';
import { MysqlRegistry } from './mysql/mysql-registry.ts';
import { loadSoundLengths } from './recordings/catalogue.ts';
import { serveHealth } from './web/health.ts';

/** Why the application ended. */
export type ServeEnd = 'stopped' | 'replaced';

const soundsDirectory = join(import.meta.dirname, '../sounds/vi');
const recoveryRetryMs = 1000;

/**
 * Serves calls until `stop` is aborted (`stopped`) or another process takes the application's
 * name on the PBX (`replaced`).
 *
 * @throws what keeps it from starting: no ARI, a refused login, a missing sound, a port in use.
 */
export async function serve(config: Config, logger: Logger, stop: AbortSignal): Promise<ServeEnd> {
  const soundLengths = await loadSoundLengths(soundsDirectory);
  const registry = new MysqlRegistry({
    url: config.DATABASE_URL,
    deadlineMs: config.DATABASE_DEADLINE_MS,
    poolSize: config.DATABASE_POOL_SIZE,
  });
  // Before the PBX hears of us: a second process started by mistake ends here, and takes no calls away.
  const pbx: { connection?: AriConnection } = {};
  const health = await serveHealth({
    host: config.HTTP_HOST,
    port: config.HTTP_PORT,
    check: async () => ({ pbx: pbx.connection?.state === 'connected', registry: await answers(registry) }),
  });
  const ari = await connectAri({
    url: config.ARI_URL,
    username: config.ARI_USERNAME,
    password: config.ARI_PASSWORD,
    application: config.ARI_APPLICATION,
    language: 'vi',
    soundLengths,
    logger,
  });
  pbx.connection = ari;
  // What we ask for, and what lies there for the dialplan: the menu comes before anything of ours.
  await ari.checkSounds([...new Set([...everySound(), ...soundLengths.keys()])]);
  const hotline = openHotline(config, logger, registry, soundLengths);
  const calls = new Set<Promise<void>>();
  const track = (call: Promise<void>) => {
    calls.add(call);
    void call.finally(() => calls.delete(call));
  };
  const recovered = closeInterruptedCalls(hotline, stop);
  ari.onOrphan((channel) => track(releaseOrphan(channel, hotline, recovered)));
  ari.onCall((channel, [, rule]) => track(takeCall(channel, hotline, identityRule(rule))));
  logger.info('taking calls', { instanceId: hotline.instanceId });

  const end = await Promise.race([stopped(stop), ari.replaced.then(() => 'replaced' as const)]);
  logger.info(end === 'stopped' ? 'stopping' : 'another process has taken our place on the PBX; stopping', { calls: calls.size });
  health.close();
  ari.close();
  await Promise.race([hotline.ledger.written(), patience()]);
  await registry.end();
  return end;
}

function openHotline(config: Config, logger: Logger, registry: MysqlRegistry, soundLengths: ReadonlyMap<string, number>): Hotline {
  return {
    instanceId: randomUUID(),
    registry,
    ledger: new CallLedger(registry, (error) => logger.error('the end of a call could not be recorded', { error })),
    logger,
    codeLengths: config.BHXH_CODE_LENGTHS,
    passwordLength: config.PASSWORD_LENGTH,
    passwordValidMinutes: config.PASSWORD_VALID_MINUTES,
    timings: { firstDigitTimeoutMs: config.FIRST_DIGIT_TIMEOUT_MS, interdigitTimeoutMs: config.INTERDIGIT_TIMEOUT_MS },
    speechMs: (sentence: readonly Utterance[]) => sentence.reduce((sum, utterance) => sum + (soundLengths.get(soundOf(utterance)) ?? 0), 0),
  };
}

/** Closes what an earlier process left open, as soon as the database can be reached. */
async function closeInterruptedCalls({ registry, instanceId, logger }: Hotline, stop: AbortSignal): Promise<void> {
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

function stopped(stop: AbortSignal): Promise<'stopped'> {
  return new Promise((resolve) => {
    if (stop.aborted) resolve('stopped');
    else stop.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
}

/** Rows that a database which stays away cannot take are closed by the next process. */
function patience(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 3000).unref());
}
