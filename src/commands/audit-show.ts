/** `hotline audit show [--code] [--phone] [--since time] [--until time] [--json]` */
import { readSettings } from '../config.ts';
import type { ShowOptions, ShownCall } from '../mysql/audit/show.ts';
import { HotlineCommand } from './hotline-command.ts';
import { OptionError } from './option-error.ts';
import { print } from './print.ts';
import { readTime } from './read-time.ts';
import { SecretInput } from './secret-input.ts';

const settings = ['DATABASE_URL', 'HASH_KEY', 'HASH_KEYS_BEFORE'] as const;

/** A code or phone of `true` or `-` is read from standard input. */
interface Asked {
  code?: string | true;
  phone?: string | true;
  since?: string;
  until?: string;
  json?: boolean;
}

export function auditShowCommand(): HotlineCommand {
  const command = new HotlineCommand('show', settings);
  command
    .description('the calls of a code, a phone or a time, one a line')
    .option(
      '--code [digits]',
      'calls in which this code was keyed last; without digits, or -, it is asked for or read from standard input',
    )
    .option('--phone [number]', 'calls from this number; likewise')
    .option(
      '--since <time>',
      'calls that ended then or later, as 2026-03-31 or 2026-03-31T08:00+07:00; UTC unless it says otherwise',
    )
    .option('--until <time>', 'calls that ended before')
    .option('--json', 'one JSON object a line')
    .action(show);
  return command;
}

/** Calls go to standard output, their number to standard error. @throws AuditCommandFailed, OptionError */
async function show(asked: Asked): Promise<void> {
  const { json = false, ...subjects } = asked;
  if (Object.keys(subjects).length === 0)
    throw new OptionError('audit show: expected --code, --phone, --since or --until');
  const times = readTimes(asked);
  const { DATABASE_URL, HASH_KEY, HASH_KEYS_BEFORE } = readSettings(settings);
  const { showAuditLog } = await import('../mysql/audit/show.ts');
  const options = {
    databaseUrl: DATABASE_URL,
    ...times,
    ...(await readSubjects(asked, [HASH_KEY, ...HASH_KEYS_BEFORE])),
  };
  const count = await showAuditLog(options, (call) => print(json ? JSON.stringify(call) : describe(call)));
  process.stderr.write(count === 0 ? 'no calls found\n' : `${count} calls; times in UTC\n`);
}

function readTimes({ since, until }: Asked): Pick<ShowOptions, 'since' | 'until'> {
  return {
    ...(since !== undefined && { since: readTime('--since', since) }),
    ...(until !== undefined && { until: readTime('--until', until) }),
  };
}

/** The keyed hashes of code and phone: the audit log holds nothing else of them. */
async function readSubjects(
  { code, phone }: Asked,
  hashKeys: readonly string[],
): Promise<Pick<ShowOptions, 'codeKeys' | 'phoneKeys'>> {
  const { subjectKey } = await import('../accounts/subject-key.ts');
  const underEach = (kind: 'code' | 'phone', value: string) =>
    hashKeys.map((key) => subjectKey(key, kind, value));
  const input = new SecretInput();
  try {
    return {
      ...(code !== undefined && {
        codeKeys: underEach('code', await input.read('BHXH code', code)),
      }),
      ...(phone !== undefined && {
        phoneKeys: underEach('phone', await normalise(await input.read('Phone number', phone))),
      }),
    };
  } finally {
    input.close();
  }
}

async function normalise(text: string): Promise<string> {
  const { normalisePhone } = await import('../accounts/phone-number.ts');
  const phone = normalisePhone(text);
  if (phone === null) throw new OptionError('--phone: expected a Vietnamese mobile or landline number');
  return phone;
}

function describe(call: ShownCall): string {
  return [
    `${call.closedAt.replace(' ', 'T')}Z`,
    call.outcome.padEnd(11),
    (call.maskedPhone || 'no number').padEnd(13),
    (call.identity ?? '-').padEnd(13),
    `${(call.durationMs / 1000).toFixed(1)} s`.padStart(8),
    call.reason,
    `call ${call.callId}`,
    `at ${call.node ?? 'unknown'}`,
    call.batch === null ? 'not sealed yet' : `batch ${call.batch}`,
  ].join('  ');
}
