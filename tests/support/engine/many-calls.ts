/** Fills a database with calls that have ended: a day's curve, every ending in a plausible share, right MACs. */
import { createHash, randomUUID } from 'node:crypto';
import { macOf, type AuditFields } from '../../../src/mysql/audit/audit-row.ts';
import { formatUtc } from '../../../src/mysql/database/utc.ts';
import { joinSteps, spellStep, type StepKind } from '../../../src/registry/call-steps.ts';
import type { Dice } from '../../../src/simulation/dice.ts';
import { vietnamDay } from '../../../src/timing/vietnam-time.ts';
import type { MysqlRegistry } from '../../../src/mysql/registry/mysql-registry.ts';
import { auditKey, livingInstance } from './audited-calls.ts';
import type { RegistryOwner } from './database-registry.ts';

const hourMs = 3_600_000;
/** Calls of each hour of the day in Vietnam, in proportion. */
const curve = [2, 1, 1, 1, 1, 3, 8, 22, 38, 44, 40, 30, 22, 34, 42, 40, 34, 26, 20, 24, 26, 20, 10, 5];
/** Rows that one statement inserts. */
const rowsAtOnce = 1000;

/** How a kind of call ends. */
interface Kind {
  /** In a thousand calls. */
  readonly share: number;
  readonly outcome: string;
  readonly reason: string;
  /** Shortest and longest, s. */
  readonly seconds: readonly [number, number];
  readonly row?: Partial<Record<'mismatches' | 'silences' | 'incomplete_codes', string>>;
  readonly hasCode?: true;
  readonly readingBegun?: true;
  /** The leg of a call-back. */
  readonly isCallBack?: true;
}

const kinds: readonly Kind[] = [
  { share: 300, outcome: 'changed', reason: 'heard, then stored', seconds: [45, 110], hasCode: true, readingBegun: true }, // prettier-ignore
  { share: 60, outcome: 'changed', reason: 'heard, then stored', seconds: [70, 150], row: { mismatches: '1' }, hasCode: true, readingBegun: true }, // prettier-ignore
  { share: 150, outcome: 'hung-up', reason: 'the caller hung up', seconds: [3, 25] },
  { share: 40, outcome: 'hung-up', reason: 'the caller hung up', seconds: [8, 50], row: { incomplete_codes: '1' } }, // prettier-ignore
  { share: 70, outcome: 'hung-up', reason: 'the caller hung up', seconds: [15, 90], row: { mismatches: '1' }, hasCode: true }, // prettier-ignore
  { share: 25, outcome: 'hung-up', reason: 'the caller hung up', seconds: [30, 60], hasCode: true, readingBegun: true }, // prettier-ignore
  { share: 100, outcome: 'mismatch', reason: 'no entries left', seconds: [40, 160], row: { mismatches: '3' }, hasCode: true }, // prettier-ignore
  { share: 50, outcome: 'no-input', reason: 'three silences', seconds: [30, 45], row: { silences: '3' } },
  { share: 10, outcome: 'bad-input', reason: 'no entries left', seconds: [40, 120], row: { incomplete_codes: '3' } }, // prettier-ignore
  { share: 70, outcome: 'no-identity', reason: 'the caller or the carrier withheld the number', seconds: [5, 30] }, // prettier-ignore
  { share: 60, outcome: 'operator', reason: 'asked for at the code', seconds: [8, 40] },
  { share: 15, outcome: 'limited', reason: 'too many mismatches from this phone', seconds: [8, 20] },
  { share: 8, outcome: 'limited', reason: 'too many resets of this account', seconds: [25, 50], hasCode: true }, // prettier-ignore
  { share: 12, outcome: 'limited', reason: 'all lines are busy', seconds: [0, 0] },
  { share: 12, outcome: 'call-back', reason: 'told to answer', seconds: [20, 40], hasCode: true },
  { share: 4, outcome: 'not-answered', reason: 'no answer', seconds: [30, 35], hasCode: true, isCallBack: true }, // prettier-ignore
  { share: 8, outcome: 'changed', reason: 'heard, then stored', seconds: [50, 80], hasCode: true, readingBegun: true, isCallBack: true }, // prettier-ignore
  { share: 4, outcome: 'fault', reason: 'the database is away', seconds: [5, 40] },
  { share: 2, outcome: 'interrupted', reason: 'the application ended during the call', seconds: [5, 60] },
];
const shares = kinds.flatMap((kind) => Array.from({ length: kind.share }, () => kind));

export interface ManyCalls {
  readonly calls: number;
  /** Over this many days. */
  readonly days: number;
  /** The last call ends then. */
  readonly until: Date;
  readonly dice: Dice;
  /** Default: two. */
  readonly nodes?: readonly string[];
  /** Calls that ended so many days before `until`, or later, have steps. Default 30. */
  readonly daysWithSteps?: number;
  /** Each call ends at a whole multiple of this, so that many end at once. Default 1. */
  readonly roundedToMs?: number;
  /** So many calls, evenly, are of this person (`subjectKey`); the code's key stands where a code was keyed. */
  readonly sought?: { readonly codeKey: string; readonly phoneKey: string; readonly calls: number };
  readonly onProgress?: (calls: number) => void;
}

/** Adds the rows; they are not sealed yet. Returns the ids of the calls, oldest first: at most a thousand of them. */
export async function addManyCalls(owner: RegistryOwner, options: ManyCalls): Promise<string[]> {
  const { dice, nodes = ['pbx-1', 'pbx-2'], until, daysWithSteps = 30, calls, sought } = options;
  const stepsFrom = until.getTime() - daysWithSteps * 24 * hourMs;
  const some: string[] = [];
  let rows: { fields: AuditFields; closedMs: number }[] = [];
  let added = 0;
  const flush = async () => {
    await insertRows(owner, rows.map(({ fields }) => fields)); // prettier-ignore
    await insertSteps(owner, rows.filter(({ closedMs }) => closedMs >= stepsFrom).map(({ fields }) => fields)); // prettier-ignore
    added += rows.length;
    rows = [];
    options.onProgress?.(added);
  };
  for (const closedMs of times(options)) {
    const number = added + rows.length;
    const fields = fieldsOf(dice, dice.oneOf(shares), { number, closedMs, node: dice.oneOf(nodes) });
    if (number % Math.max(1, Math.ceil(calls / 1000)) === 0) some.push(fields.call_id!);
    const isSought = sought !== undefined && number % Math.max(1, Math.floor(calls / sought.calls)) === 0;
    rows.push({ fields: isSought ? { ...fields, ...keysOf(fields, sought) } : fields, closedMs });
    if (rows.length === rowsAtOnce) await flush();
  }
  if (rows.length > 0) await flush();
  return some;
}

/** When each call ended, in order, ms since 1970. */
function* times({ calls, days, until, dice, roundedToMs = 1 }: ManyCalls): Generator<number> {
  const end = until.getTime();
  const timeIn = (hour: number) =>
    Math.floor((hour + dice.number(0, hourMs - 1)) / roundedToMs) * roundedToMs;
  const hours = Array.from({ length: days * 24 }, (_, index) => end - (days * 24 - index) * hourMs);
  const weightOf = (hour: number) => curve[(Math.floor(hour / hourMs) + 7) % 24]!;
  const weights = hours.reduce((sum, hour) => sum + weightOf(hour), 0);
  let due = 0;
  let given = 0;
  for (const hour of hours) {
    due += (calls * weightOf(hour)) / weights;
    const count = Math.round(due) - given;
    given += count;
    yield* Array.from({ length: count }, () => timeIn(hour)).sort((a, b) => a - b);
  }
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
/** A UUID that is always the same for a number. */
function uuid(kind: string, number: number): string {
  const hex = hash(`${kind} ${number}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function fieldsOf(
  dice: Dice,
  kind: Kind,
  { number, closedMs, node }: { readonly number: number; readonly closedMs: number; readonly node: string },
): AuditFields {
  const [min, max] = kind.seconds;
  const durationMs = min * 1000 + dice.number(0, (max - min) * 1000);
  const isRefused = max === 0;
  const person = dice.number(0, 400_000);
  const isChanged = kind.outcome === 'changed';
  return {
    call_id: uuid('call', number),
    instance_id: uuid(node, 0),
    channel_id: kind.isCallBack ? `call-back-${uuid('call-back', number)}` : `${Math.floor(closedMs / 1000)}.${number % 10_000}`, // prettier-ignore
    branch: 'reset',
    node,
    masked_phone: isRefused ? '' : `+84***${String(person % 10_000).padStart(4, '0')}`,
    phone_key: isRefused ? null : hash(`phone ${person}`),
    identity: isRefused || kind.isCallBack ? null : kind.outcome === 'no-identity' ? 'withheld' : 'asserted',
    code_key: kind.hasCode ? hash(`code ${person}`) : null,
    opened_at: formatUtc(new Date(closedMs - durationMs)),
    closed_at: formatUtc(new Date(closedMs)),
    duration_ms: String(durationMs),
    outcome: kind.outcome,
    reason: kind.reason,
    account_id: isChanged ? String(person + 1) : null,
    reset_id: isChanged ? uuid('reset', number) : null,
    valid_until: isChanged ? formatUtc(new Date(closedMs + 600_000)) : null,
    ...{ mismatches: '0', silences: '0', incomplete_codes: '0', ...kind.row },
    reading_begun: kind.readingBegun ? '1' : '0',
    by_user: null,
  };
}

/** Of another person, where the row has one. */
function keysOf(
  { code_key, phone_key }: AuditFields,
  { codeKey, phoneKey }: NonNullable<ManyCalls['sought']>,
): Pick<AuditFields, 'code_key' | 'phone_key'> {
  return { code_key: code_key && codeKey, phone_key: phone_key && phoneKey };
}

async function insertRows(owner: RegistryOwner, rows: readonly AuditFields[]): Promise<void> {
  const columns = Object.keys(rows[0]!) as (keyof AuditFields)[];
  const bytes = (hex: string | null) => hex && Buffer.from(hex, 'hex');
  const values = rows.map((row) => [
    ...columns.map((name) => (name === 'phone_key' || name === 'code_key' ? bytes(row[name]) : row[name])),
    bytes(macOf(auditKey, row)),
  ]);
  await owner.pool.query(`INSERT INTO audit_log (${columns.join(', ')}, mac) VALUES ?`, [values]);
}

/** What happens in a call that keys a code, each step at its share of the length. */
const course: readonly { readonly at: number; readonly kind: StepKind; readonly detail?: string }[] = [
  { at: 0, kind: 'arrived', detail: 'reset' },
  { at: 0.002, kind: 'answered' },
  { at: 0.01, kind: 'identity', detail: 'asserted' },
  { at: 0.012, kind: 'opening', detail: 'admitted' },
  { at: 0.02, kind: 'says', detail: 'enter-code-10' },
  { at: 0.3, kind: 'cut', detail: 'key' },
  ...Array.from({ length: 10 }, (_, key) => ({ at: 0.3 + key / 50, kind: 'key' as const })),
  { at: 0.5, kind: 'code', detail: 'match' },
  { at: 0.52, kind: 'says', detail: 'please-wait' },
  { at: 0.6, kind: 'said' },
  { at: 0.99, kind: 'hangs-up' },
];

async function insertSteps(owner: RegistryOwner, rows: readonly AuditFields[]): Promise<void> {
  if (rows.length === 0) return;
  const values = rows.map(({ call_id, closed_at, duration_ms, outcome }) => {
    const steps = [...course, { at: 1, kind: 'ended' as const, detail: outcome! }];
    const spelt = steps.map(({ at, ...step }) =>
      spellStep({ atMs: Math.round(at * Number(duration_ms)), ...step }),
    );
    return [call_id, closed_at, joinSteps(spelt)];
  });
  await owner.pool.query('INSERT INTO call_steps (call_id, kept_at, steps) VALUES ?', [values]);
}

/** What callers did in the menu: every minute of the last days, and sums of the days before. */
export async function addMenuCounts(
  owner: RegistryOwner,
  { days, until, dice, minuteDays = 4 }: Pick<ManyCalls, 'days' | 'until' | 'dice'> & { minuteDays?: number },
): Promise<void> {
  const events = ['left', 'operator', 'other-key', 'silent', 'goodbye'];
  const byDay = Array.from({ length: days }, (_, ago) => new Date(until.getTime() - ago * 24 * hourMs));
  await owner.pool.query('INSERT INTO menu_day_counts (day, event, calls) VALUES ?', [
    byDay.flatMap((day) => events.map((event) => [vietnamDay(day), event, dice.number(100, 20_000)])),
  ]);
  const byHour = Array.from({ length: days * 24 }, (_, ago) => until.getTime() - (ago + 1) * hourMs);
  for (let first = 0; first < byHour.length; first += rowsAtOnce)
    await owner.pool.query('INSERT INTO menu_hour_counts (hour, event, calls) VALUES ?', [
      byHour
        .slice(first, first + rowsAtOnce)
        .flatMap((hour) =>
          events.map((event) => [`${minuteOf(hour).slice(0, 13)}:00:00`, event, dice.number(10, 900)]),
        ),
    ]);
  for (const first of byHour.slice(0, minuteDays * 24)) {
    const rows = Array.from({ length: 60 }, (_, minute) =>
      ['pbx-1', 'pbx-2'].flatMap((node) =>
        events.map((event) => [minuteOf(first + minute * 60_000), node, event, dice.number(1, 9)]),
      ),
    );
    await owner.pool.query('INSERT INTO menu_counts (minute, node, event, calls) VALUES ?', [rows.flat()]);
  }
}

const minuteOf = (ms: number) => `${formatUtc(new Date(ms)).slice(0, 16)}:00`;

/** Calls under way on two nodes, and messages that wait. */
export async function addLiveState(owner: RegistryOwner, registry: MysqlRegistry, dice: Dice): Promise<void> {
  const instances = [await livingInstance(registry), await livingInstance(registry)];
  for (let call = 0; call < 120; call++)
    await registry.openCall({
      callId: randomUUID(),
      instanceId: dice.oneOf(instances),
      channelId: `1763800000.${call}`,
      maskedPhone: '+84***5678',
      phoneKey: null,
      identity: 'asserted',
    });
  const accountId = await owner.addAccount({ bhxhCode: '0012345678', phone: '+84912345678', passwordHash: '$argon2id$old' }); // prettier-ignore
  await owner.pool.query(
    'INSERT INTO notification_outbox (reset_id, account_id, kind, created_at) VALUES ?',
    [Array.from({ length: 300 }, () => [randomUUID(), accountId, 'password-changed', new Date()])],
  );
}
