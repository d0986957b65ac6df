/** `hotline audit show [--by user] [--code] [--phone] [--since time] [--until time] [--steps] [--json]` */
import { readSettings } from '../config.ts';
import { countOf } from '../count-of.ts';
import type { RowFilter } from '../mysql/audit/show-rows.ts';
import type { ShownAct } from '../mysql/audit/show-acts.ts';
import { isOtherBranch } from '../registry/call-stage.ts';
import { mayStillGetSteps, type ShownCall } from '../registry/shown-call.ts';
import { describeSteps } from './describe-steps.ts';
import { HotlineCommand } from './hotline-command.ts';
import { OptionError } from './option-error.ts';
import { print } from './print.ts';
import { withProgress, withProgressLines } from './progress.ts';
import { readTime, timeForms } from './read-time.ts';
import { SecretInput } from './secret-input.ts';
import { vietnamTime } from '../timing/vietnam-time.ts';

const lookingFor = 'looking for the codes of this person';
const lookingThrough = 'looking through the audit log';
/** Read only when a code or a number is looked for. */
const keySettings = ['HASH_KEY', 'HASH_KEYS_BEFORE'] as const;

/** A code or phone of `true` or `-` is read from standard input. Acts of `true` are everybody's. */
interface Asked {
  by?: string | true;
  code?: string | true;
  phone?: string | true;
  since?: string;
  until?: string;
  steps?: boolean;
  json?: boolean;
}

export function auditShowCommand(): HotlineCommand {
  const command = new HotlineCommand('show', ['DATABASE_URL', ...keySettings]);
  command
    .description('the calls of a code, a phone or a time, one a line; with --by what users did')
    .option(
      '--by [user]',
      'instead of calls, what this user of the console did, or cli: and a user of the machine; without a name, everybody. With --code or --phone: who looked for this person',
    )
    .option(
      '--code [digits]',
      'calls in which a code of this person was keyed last, given the BHXH code or the personal ID; without digits, or -, it is asked for or read from standard input',
    )
    .option('--phone [number]', 'calls from this number; likewise')
    .option('--since <time>', `calls that ended then or later, ${timeForms}`)
    .option('--until <time>', 'calls that ended in that day, minute or second, or before')
    .option('--steps', 'with what happened in each call: what was said, pressed and answered, and when')
    .option('--json', 'one JSON object a line')
    .example(
      'hotline audit show --code --since 2026-11-25',
      'ask for the code, and show in which calls it was keyed since that day',
    )
    .example('hotline audit show --phone --steps', 'ask for the number, and show what happened in its calls')
    .example(
      'hotline audit show --by lan --since 2026-11-01 --json',
      'what this user of the console did, for a program',
    )
    .action(show);
  return command;
}

/** Calls or acts go to standard output, their number to standard error. @throws AuditCommandFailed, OptionError */
async function show(asked: Asked): Promise<void> {
  const { json = false, steps = false, ...subjects } = asked;
  if (Object.keys(subjects).length === 0)
    throw new OptionError('audit show: expected --by, --code, --phone, --since or --until');
  if (steps && asked.by !== undefined)
    throw new OptionError('--steps: calls have steps, acts (--by) have none');
  const times = readTimes(asked);
  const { DATABASE_URL } = readSettings(['DATABASE_URL']);
  const wanted = { databaseUrl: DATABASE_URL, ...times, ...(await readSubjects(asked, DATABASE_URL)) };
  if (asked.by !== undefined) return showActsOf(asked.by, wanted, json);
  const { showAuditLog } = await import('../mysql/audit/show.ts');
  const count = await withProgressLines(lookingThrough, (show) => {
    let shown = 0;
    return showAuditLog({ ...wanted, steps }, (call) => {
      print(...(json ? [JSON.stringify(call)] : [describe(call), ...describeCallSteps(call)]));
      show(`${lookingThrough}, ${countOf(++shown, 'call')} so far`);
    });
  });
  process.stderr.write(count === 0 ? 'no calls found\n' : `${countOf(count, 'call')}\n`);
}

/** @param by `true`: everybody */
async function showActsOf(
  by: string | true,
  wanted: RowFilter & { databaseUrl: string },
  json: boolean,
): Promise<void> {
  const { showActs } = await import('../mysql/audit/show-acts.ts');
  const count = await withProgressLines(lookingThrough, () =>
    showActs({ ...wanted, ...(by !== true && { byUser: by }) }, (act) =>
      print(json ? JSON.stringify(act) : describeAct(act)),
    ),
  );
  process.stderr.write(count === 0 ? 'no acts found\n' : `${countOf(count, 'act')}\n`);
}

function readTimes({ since, until }: Asked): Pick<RowFilter, 'since' | 'until'> {
  const from = since === undefined ? undefined : readTime('--since', since).start;
  const to = until === undefined ? undefined : readTime('--until', until).end;
  if (from !== undefined && to !== undefined && from >= to)
    throw new OptionError('--until is before --since: expected a time from --since on');
  return { ...(from !== undefined && { since: from }), ...(to !== undefined && { until: to }) };
}

/** The keyed hashes of code and phone: the audit log holds nothing else of them. */
async function readSubjects(
  { code, phone }: Asked,
  databaseUrl: string,
): Promise<Pick<RowFilter, 'codeKeys' | 'phoneKeys'>> {
  if (code === undefined && phone === undefined) return {};
  const { HASH_KEY, HASH_KEYS_BEFORE } = readSettings(keySettings);
  const { subjectKey } = await import('../accounts/subject-key.ts');
  const underEach = (kind: 'code' | 'phone', values: readonly string[]) =>
    values.flatMap((value) => [HASH_KEY, ...HASH_KEYS_BEFORE].map((key) => subjectKey(key, kind, value)));
  const input = new SecretInput();
  try {
    return {
      ...(code !== undefined && {
        codeKeys: underEach('code', await readCodes(databaseUrl, await input.read('BHXH code', code))),
      }),
      ...(phone !== undefined && {
        phoneKeys: underEach('phone', [await normalise(await input.read('Phone number', phone))]),
      }),
    };
  } finally {
    input.close();
  }
}

async function readCodes(databaseUrl: string, code: string): Promise<readonly string[]> {
  const { readCodesOf } = await import('../mysql/audit/show-codes.ts');
  return withProgress(lookingFor, () => readCodesOf(databaseUrl, code));
}

async function normalise(text: string): Promise<string> {
  const { normalisePhone } = await import('../accounts/phone-number.ts');
  const phone = normalisePhone(text);
  if (phone === null) throw new OptionError('--phone: expected a Vietnamese mobile or landline number');
  return phone;
}

function describe(call: ShownCall): string {
  return [
    vietnamTime(call.closedAt),
    call.outcome.padEnd(11),
    (call.maskedPhone || 'no number').padEnd(13),
    (call.identity ?? '-').padEnd(13),
    `${(call.durationMs / 1000).toFixed(1)} s`.padStart(8),
    [call.reason, ...describeCourse(call)].join('; '),
    `call ${call.callId}`,
    ...describeRow(call),
  ].join('  ');
}

function describeAct(act: ShownAct): string {
  return [vietnamTime(act.doneAt), act.byUser.padEnd(13), act.what, ...describeRow(act)].join('  ');
}

/** Where it was recorded, and the batch in which it is sealed. */
function describeRow({ node, batch }: Pick<ShownCall, 'node' | 'batch'>): string[] {
  return [`at ${node ?? 'unknown'}`, batch === null ? 'not sealed yet' : `batch ${batch}`];
}

/** Empty unless they were asked for. */
function describeCallSteps(call: ShownCall): string[] {
  if (call.steps === undefined) return [];
  if (call.steps !== null) return describeSteps(call.steps);
  return [
    mayStillGetSteps(call)
      ? '  its steps are being saved: ask again in a few seconds'
      : '  its steps were not kept, or are deleted by now',
  ];
}

/** What an officer is asked about beside outcome and reason. */
function describeCourse(call: ShownCall): string[] {
  const { branch, outcome, closedAt, validUntil, mismatches, silences, incompleteCodes, readingBegun } = call;
  return [
    ...(isOtherBranch(branch) ? [`branch ${branch}`] : []),
    ...(outcome === 'changed' ? [describeValidity(closedAt, validUntil)] : []),
    ...(mismatches > 0 ? [countOf(mismatches, 'mismatch', 'mismatches')] : []),
    ...(incompleteCodes > 0 ? [countOf(incompleteCodes, 'incomplete code')] : []),
    ...(silences > 0 && outcome !== 'no-input' ? [countOf(silences, 'silence')] : []),
    ...(readingBegun && outcome !== 'changed' ? ['the first reading had begun'] : []),
  ];
}

/** With the date only if it is another than that of the change. */
function describeValidity(changedAt: Date, validUntil: Date | null): string {
  if (validUntil === null) return 'does not expire';
  const [date, time] = vietnamTime(validUntil).split(' ');
  return `until ${vietnamTime(changedAt).startsWith(date!) ? '' : `${date} `}${time}`;
}
