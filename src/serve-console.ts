/** The officers' console, and what it is given of the application. */
import type { FastifyPluginAsync } from 'fastify';
import { PasswordChecks } from './accounts/password-checks.ts';
import type { Admission } from './application/admission.ts';
import { withAmi } from './asterisk/ami/ami.ts';
import { readTrunkStates } from './asterisk/ami/trunk-states.ts';
import type { AriConnection } from './asterisk/ari/ari-connection.ts';
import { addConsole } from './console/console.ts';
import type { ConsoleParts, PartState } from './console/parts.ts';
import { confirmPassword, signIn } from './console/sign-in.ts';
import { ExpectedError } from './expected-error.ts';
import type { Logger } from './logger.ts';
import type { MysqlConsoleUsers } from './mysql/console/mysql-console-users.ts';
import type { MysqlRegistry } from './mysql/registry/mysql-registry.ts';
import { MysqlReports } from './mysql/reports/mysql-reports.ts';
import type { LiveRecordings } from './recordings/own/live-recordings.ts';
import { PromptDesk } from './recordings/own/prompt-desk.ts';
import type { CallLedger } from './records/call-ledger.ts';
import { amiOf, scriptOf, type ServeConfig as Config } from './serve-settings.ts';
import { askSeldom } from './timing/ask-seldom.ts';

/** What others answer about themselves stands for this long, ms. */
const statesStandMs = 10_000;
const amiDeadlineMs = 2000;

/** The parts of the application that the console looks at. */
interface SeenParts {
  readonly instanceId: string;
  readonly logger: Logger;
  readonly registry: MysqlRegistry;
  readonly consoleUsers: MysqlConsoleUsers;
  readonly admission: Admission;
  readonly recordings: LiveRecordings;
  /** Null: owners are not notified. */
  readonly gateway: object | null;
}

/**
 * A plugin for the HTTP server, with connections of its own. It connects to nothing before the first page is asked for.
 *
 * @param pbx the connection and the calls, once there are any
 */
export function openConsole(
  config: Config,
  { instanceId, logger, registry, consoleUsers: users, admission, gateway, recordings }: SeenParts,
  pbx: { readonly connection?: AriConnection; readonly ledger?: CallLedger },
  drain: () => void,
): FastifyPluginAsync {
  const reports = new MysqlReports({ url: config.DATABASE_URL });
  const passwords = new PasswordChecks();
  const script = scriptOf(config, recordings.lengths);
  const desk = { signIns: users, passwords, hashKey: config.HASH_KEY };
  const parts: ConsoleParts = {
    logger,
    hashKeys: [config.HASH_KEY, ...config.HASH_KEYS_BEFORE],
    process: {
      ...{ instanceId, node: config.NODE_NAME, hasGateway: gateway !== null, drain: () => drain() },
      callsUnderWay: () => pbx.ledger?.underWay.list() ?? [],
      states: askSeldom(statesStandMs, () => readStates(config, registry, pbx)),
      secondsLeft: () => admission.status.secondsLeft,
    },
    ...{ users, sessions: users, passwords },
    signIn: (form) => signIn(desk, form),
    confirmPassword: (form) => confirmPassword(desk, form),
    ...{ archive: reports.archive, figures: reports.figures, live: reports.live },
    ...{ blocks: registry, codes: registry, acts: registry },
    prompts: new PromptDesk(recordings, async (sound) => askForSound(pbx.connection, sound)),
    readScript: async () => ({ ...script, ...script.timings, isFeeSaid: await askForFee(pbx.connection) }),
  };
  return async (server) => {
    await addConsole(server, parts);
    server.addHook('onClose', () => reports.end());
  };
}

/** Null: Asterisk cannot be asked. */
async function askForFee(ari: AriConnection | undefined): Promise<boolean | null> {
  return ari?.isFeeSaid().catch(() => null) ?? null;
}

/** Likewise. */
async function askForSound(ari: AriConnection | undefined, sound: string): Promise<boolean | null> {
  return ari?.hasSound(sound).catch(() => null) ?? null;
}

async function readStates(
  config: Config,
  registry: MysqlRegistry,
  { connection }: { readonly connection?: AriConnection },
): Promise<PartState[]> {
  const [why, ami] = await Promise.all([registry.whyNotReady(), readAmi(config)]);
  return [
    { part: 'ari', state: connection?.state === 'connected' ? 'up' : 'down' },
    ...ami,
    { part: 'database', state: why === null ? 'up' : 'down', ...(why !== null && { why }) },
  ];
}

/** Whether AMI answers, and what Asterisk says there of the trunks. */
async function readAmi(config: Config): Promise<PartState[]> {
  try {
    const trunks = await withAmi({ ...amiOf(config), deadlineMs: amiDeadlineMs }, readTrunkStates);
    const down = trunks.filter(({ isUp }) => !isUp);
    const state = trunks.length === 0 ? 'unknown' : down.length === 0 ? 'up' : 'down';
    const why = down.map(({ name, status }) => `${name}: ${status}`).join(', ');
    return [
      { part: 'ami', state: 'up' },
      { part: 'trunk', state, ...(why !== '' && { why }) },
    ];
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    return [
      { part: 'ami', state: 'down', why: error.message },
      { part: 'trunk', state: 'unknown' },
    ];
  }
}
