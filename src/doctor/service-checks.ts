/** Would a caller be served now? */
import { required } from '../asterisk/ami/dialplan-file.ts';
import { isInstalled } from '../installation.ts';
import { portHolder } from '../machine/port-holder.ts';
import { reachGateway, type GatewayAccess } from '../notifications/sms-gateway.ts';
import type { DatabaseFacts } from '../mysql/database/database-facts.ts';
import { checkTakesChanges } from './database-server-checks.ts';
import { isServing, leadsToBranch8 } from './dialplan.ts';
import { isLiving } from '../asterisk/ari/pbx-lease.ts';
import { checkCarriers } from './carrier-checks.ts';
import { expectThat, type Finding } from './finding.ts';
import type { PbxFacts } from './pbx-facts.ts';

/** What the application's /health and /status pages report (src/application/health.ts). */
export interface ApplicationFacts {
  readonly health: Health;
  readonly calls: number;
  readonly maxCalls: number;
  readonly notifications: { readonly waiting: number; readonly dead: number } | null;
}

interface Health {
  readonly [part: string]: boolean | Readonly<Record<string, string>> | undefined;
  /** Why a part is down, where it is known. */
  readonly reasons?: Readonly<Record<string, string>>;
}

/** HTTP_HOST and HTTP_PORT. */
interface Page {
  readonly host: string;
  readonly port: number;
}

/**
 * Asks the application, and finds what has its port instead.
 *
 * @throws Error if nothing answers
 */
export async function examineApplication(page: Page): Promise<Finding[]> {
  const facts = await readApplicationFacts(page);
  return facts === null ? [portTaken(page)] : checkApplication(facts);
}

/** Null: what answers is another program. */
async function readApplicationFacts({ host, port }: Page): Promise<ApplicationFacts | null> {
  const page = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const get = async (path: string): Promise<Record<string, unknown> | null> => {
    const answer = await fetch(page + path, { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
    if (answer === undefined) throw new Error(`no answer at ${page}${path}${heldBy(port)}`);
    return answer.json().catch(() => null) as Promise<Record<string, unknown> | null>;
  };
  const [health, status] = [await get('/health'), await get('/status')];
  if (typeof health?.['admitting'] !== 'boolean' || status === null) return null;
  return { ...(status as Omit<Required<ApplicationFacts>, 'health'>), health: health as Health };
}

function heldBy(port: number): string {
  const holder = portHolder('tcp', port);
  return holder === undefined ? '' : `; ${holder} has the port`;
}

function portTaken({ port }: Page): Finding {
  return {
    title: 'application',
    verdict: 'danger',
    detail: `another program answers at HTTP_PORT (${port}): ${portHolder('tcp', port) ?? 'of another user or machine'}`,
    change: 'HTTP_PORT: a port that is free, in hotline.env; then start the application again',
  };
}

export function checkApplication({ health, calls, maxCalls, notifications }: ApplicationFacts): Finding[] {
  const down = Object.entries(health).flatMap(([part, isUp]) => (isUp === false ? [part] : []));
  const why = down.map((part) =>
    health.reasons?.[part] === undefined ? part : `${part} (${health.reasons[part]})`,
  );
  const { waiting = 0, dead = 0 } = notifications ?? {};
  return [
    expectThat(
      'application',
      down.length === 0,
      down.length === 0 ? 'takes calls' : `down: ${why.join(', ')}`,
      'docs/admin.md, "What a caller hears when a part is down"',
    ),
    expectThat(
      'room for calls',
      calls < maxCalls,
      `${calls} of ${maxCalls} calls`,
      'raise MAX_CALLS, if the machine can serve more (make flood)',
    ),
    expectThat(
      'messages to owners',
      dead === 0,
      `${waiting} waiting, ${dead} given up`,
      'run: hotline outbox, then: hotline outbox --retry',
      'warning',
    ),
  ];
}

/** None if no gateway is set. @throws SmsFailed */
export async function checkWayToGateway(gateway: GatewayAccess): Promise<Finding[]> {
  if (gateway.url === '') return [];
  await reachGateway(gateway);
  const how = gateway.url.startsWith('https:') ? 'reached over TLS' : 'reached, without TLS';
  return [{ title: 'way to the SMS gateway', verdict: 'ok', detail: how }];
}

/** A prompt takes one round trip of this kind, or two, and callers hear nothing meanwhile. */
const maxAnswerMs = 250;

/** @param application ARI_APPLICATION */
export function checkWayIn(pbx: PbxFacts, application: string): Finding[] {
  const missing = required.filter(
    ({ context, extension }) =>
      !pbx.dialplan.some(
        (step) => step.context === context && step.extension === extension && !step.isInclude,
      ),
  );
  const ways = pbx.endpoints.filter(({ context }) => leadsToBranch8(pbx, context)).map(({ name }) => name);
  return [
    expectThat(
      'application at Asterisk',
      pbx.isApplicationThere,
      pbx.isApplicationThere ? 'connected' : `no process is connected as ${application}`,
      `run: ${isInstalled ? 'systemctl start hotline' : 'make run, or hotline serve'}; and compare ARI_APPLICATION with Stasis(…) in the dialplan`,
    ),
    expectThat(
      'menu, branch 8 and operator',
      missing.length === 0,
      missing.length === 0
        ? 'present'
        : `missing: ${missing.map(({ context }) => `[${context}]`).join(', ')}`,
      `include ${[...new Set(missing.map(({ file }) => file))].join(', ')} in extensions.conf, then run: hotline pbx reload`,
    ),
    expectThat(
      'answers of Asterisk over ARI',
      pbx.ariAnswerMs < maxAnswerMs,
      `${pbx.ariAnswerMs} ms`,
      `less than ${maxAnswerMs} ms: callers wait in silence meanwhile; look at the load of its machine (uptime), and at the network to it (ping)`,
      'warning',
    ),
    checkLease(pbx),
    checkTimer(pbx),
    expectThat(
      'trunks and phones that lead to branch 8',
      ways.length > 0,
      ways.join(', ') || 'none',
      'pjsip.conf: set the context of your trunk, and in that context Goto(hotline-identity,s,1); until then nobody can call',
      'warning',
    ),
  ];
}

/** A process that is connected but frozen lets its lease run out. */
function checkLease({ leaseSecondsLeft: left, isApplicationThere }: PbxFacts): Finding {
  return expectThat(
    'lease of the application',
    !isApplicationThere || (left !== null && isLiving(left)),
    left === null ? 'none' : `${left} s left`,
    'the application is connected, but does not renew HOTLINE_LEASE: restart it; look at its log',
  );
}

/** Asterisk takes a call back from an application that does not answer only by this timer. */
function checkTimer({ dialplan, modules }: PbxFacts): Finding {
  const isIn = (name: string, pattern: RegExp) =>
    dialplan.some(({ context, does }) => context === name && pattern.test(does));
  const isGuarded = (name: string) =>
    isIn(name, /^Set\(TIMEOUT\(absolute\)=/i) &&
    dialplan.some(({ context, extension }) => context === name && extension === 'T');
  const serving = new Set(dialplan.filter(isServing).map(({ context }) => context));
  const unguarded = [...serving].filter((context) => !isGuarded(context));
  const hasModule = modules.includes('func_export.so');
  return expectThat(
    'timer on calls in the application',
    unguarded.length === 0 && hasModule,
    !hasModule ? 'func_export.so is not loaded' : unguarded.join(', ') || 'set',
    'copy [hotline-application] of extensions-hotline.conf whole, with its extension T, and load func_export.so: without them callers wait in silence when the application freezes (docs/admin.md)',
  );
}

export function checkRegistry(facts: DatabaseFacts): Finding[] {
  const changes = checkTakesChanges(facts);
  if (facts.rows === null) return changes;
  const { hasAccounts, dayEndings } = facts.rows;
  return [
    ...changes,
    expectThat(
      'registry',
      hasAccounts,
      hasAccounts ? 'has accounts' : 'empty',
      'run: hotline import accounts.csv; until then no code matches',
      'warning',
    ),
    ...checkCarriers(dayEndings),
  ];
}
