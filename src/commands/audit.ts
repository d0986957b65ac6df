/** `npx hotline audit seal | verify | prune | show` */
import { createInterface, type Interface } from 'node:readline';
import { normalisePhone } from '../accounts/phone-number.ts';
import { subjectKey } from '../accounts/subject-key.ts';
import { AuditCommandFailed } from '../mysql/audit/connection.ts';
import { pruneAuditLog } from '../mysql/audit/prune.ts';
import type { Head } from '../mysql/audit/audit-seal.ts';
import { AuditSealer } from '../mysql/audit/audit-sealer.ts';
import { showAuditLog, type ShowOptions, type ShownCall } from '../mysql/audit/show.ts';
import { verifyAuditLog } from '../mysql/audit/verify.ts';

/** The audit log is not as it was written. */
export const auditBroken = 5;

const lineEveryMs = 5000;

/** Seals what is not sealed yet. @throws RegistryUnavailable, ChainBroken: exit code 1 */
export async function auditSealCommand(options: { databaseUrl: string; key: string }): Promise<void> {
  const sealer = new AuditSealer({ url: options.databaseUrl, key: options.key });
  try {
    const batches = await sealer.sealAll();
    for (const { batch, rows, seal } of batches) print(`batch ${batch}: ${rows} rows, seal ${batch}:${seal}`);
    if (batches.length === 0) print('nothing to seal');
  } finally {
    await sealer.end();
  }
}

/**
 * Checks everything and returns the exit code: 0 or {@link auditBroken}.
 *
 * @throws AuditCommandFailed: exit code 1
 */
export async function auditVerifyCommand(options: {
  databaseUrl: string;
  key: string;
  noted?: string;
}): Promise<number> {
  const noted = options.noted === undefined ? {} : { noted: readNoted(options.noted) };
  const onProgress = everyNow((rows, total) => `${rows} of ${total} rows checked`);
  const { finding, rows, unsealed, start, head } = await verifyAuditLog({
    databaseUrl: options.databaseUrl,
    key: options.key,
    ...noted,
    onProgress,
  });
  if (finding !== null) {
    print(`audit log broken: ${finding}\n${rows} rows before that are as they were sealed`);
    return auditBroken;
  }
  print(
    `audit log intact: ${rows} rows in batches ${start.batch + 1} to ${head.batch}, ${unsealed} not sealed yet`,
  );
  if (start.batch > 0) print(`batches up to ${start.batch} were pruned`);
  print(`to be noted away from this database: ${head.batch}:${head.seal}`);
  return 0;
}

/** Removes old batches. @throws AuditCommandFailed: exit code 1 */
export async function auditPruneCommand(options: {
  ownerUrl: string;
  key: string;
  before: string;
}): Promise<void> {
  const before = readTime('--before', options.before);
  if (before.getTime() > Date.now()) throw new AuditCommandFailed('--before: expected a time in the past');
  const onProgress = everyNow((rows) => `${rows} rows removed`);
  const { rows, batches, start } = await pruneAuditLog({
    ownerUrl: options.ownerUrl,
    key: options.key,
    before,
    onProgress,
  });
  print(`${rows} rows in ${batches} batches removed; the log begins after batch ${start.batch}`);
}

/** What `audit show` is asked for; a code or phone of `true` or `-` is read from standard input. */
export interface ShowCommandOptions {
  databaseUrl: string;
  hashKey: string;
  code?: string | true;
  phone?: string | true;
  since?: string;
  until?: string;
}

/** Prints the calls, one a line. @throws AuditCommandFailed: exit code 1 */
export async function auditShowCommand({
  databaseUrl,
  hashKey,
  ...asked
}: ShowCommandOptions): Promise<void> {
  if (Object.keys(asked).length === 0)
    throw new AuditCommandFailed('audit show: expected --code, --phone, --since or --until');
  const options: ShowOptions = { databaseUrl };
  const answers = new Answers();
  if (asked.code !== undefined)
    options.codeKey = subjectKey(hashKey, 'code', await answers.fill('BHXH code', asked.code));
  if (asked.phone !== undefined)
    options.phoneKey = subjectKey(hashKey, 'phone', phoneOf(await answers.fill('Phone number', asked.phone)));
  answers.close();
  if (asked.since !== undefined) options.since = readTime('--since', asked.since);
  if (asked.until !== undefined) options.until = readTime('--until', asked.until);
  const count = await showAuditLog(options, (call) => print(describe(call)));
  process.stderr.write(count === 0 ? 'no calls found\n' : `${count} calls; times in UTC\n`);
}

function describe({
  closedAt,
  durationMs,
  outcome,
  reason,
  maskedPhone,
  node,
  callId,
  batch,
}: ShownCall): string {
  const fields = [
    `${closedAt.replace(' ', 'T')}Z`,
    outcome.padEnd(11),
    (maskedPhone || 'no number').padEnd(13),
    `${(durationMs / 1000).toFixed(1)} s`.padStart(8),
  ];
  return [
    ...fields,
    reason,
    `call ${callId}`,
    `at ${node ?? 'unknown'}`,
    batch === null ? 'not sealed yet' : `batch ${batch}`,
  ].join('  ');
}

function phoneOf(text: string): string {
  const phone = normalisePhone(text);
  if (phone === null)
    throw new AuditCommandFailed('--phone: expected a Vietnamese mobile or landline number');
  return phone;
}

/** Codes and numbers asked for, so that they stand neither in the shell's history nor in the list of processes. */
class Answers {
  #input: Interface | undefined;
  #lines: AsyncIterator<string, undefined> | undefined;

  async fill(name: string, given: string | true): Promise<string> {
    if (given !== true && given !== '-') return given.trim();
    if (process.stdin.isTTY) process.stderr.write(`${name}: `);
    this.#input ??= createInterface({ input: process.stdin });
    this.#lines ??= this.#input[Symbol.asyncIterator]();
    const line = await this.#lines.next();
    if (line.done) throw new AuditCommandFailed(`${name}: nothing on standard input`);
    return line.value.trim();
  }

  close(): void {
    this.#input?.close();
  }
}

/** A date, or a time of ISO 8601; UTC unless it says otherwise. */
function readTime(option: string, text: string): Date {
  const isTime = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$/.test(text);
  const time = new Date(
    /^[^T ]*$|Z$|[+-]\d\d:\d\d$/.test(text) ? text.replace(' ', 'T') : `${text.replace(' ', 'T')}Z`,
  );
  if (!isTime || Number.isNaN(time.getTime()))
    throw new AuditCommandFailed(
      `${option}: expected a date as 2026-03-31 or a time as 2026-03-31T08:00+07:00`,
    );
  return time;
}

function readNoted(text: string): Head {
  const [, batch, seal] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (batch === undefined || seal === undefined)
    throw new AuditCommandFailed('--noted: expected <batch>:<seal> as printed by audit verify');
  return { batch: Number(batch), seal };
}

/** Progress on standard error, a line every few seconds. */
function everyNow<Values extends number[]>(line: (...values: Values) => string): (...values: Values) => void {
  let shownAt = Date.now();
  return (...values) => {
    if (Date.now() - shownAt < lineEveryMs) return;
    shownAt = Date.now();
    process.stderr.write(`${line(...values)}\n`);
  };
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
