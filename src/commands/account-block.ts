/**
 * `hotline account block|allow [--code] --reason text [--call-back-only] [--json]` and
 * `hotline account show [--code] [--json]`
 */
import { subjectKey } from '../accounts/subject-key.ts';
import { blockReasonFault } from '../accounts/block-reason.ts';
import { readSettings } from '../config.ts';
import { ExpectedError } from '../expected-error.ts';
import { actingUser } from '../machine/acting-user.ts';
import type { MysqlRegistry } from '../mysql/registry/mysql-registry.ts';
import type { AccountBlock, PhoneResets } from '../registry/account-blocks.ts';
import { vietnamTime } from '../timing/vietnam-time.ts';
import { HotlineCommand } from './hotline-command.ts';
import { OptionError } from './option-error.ts';
import { jsonOption, print, printReport } from './print.ts';
import { withProgress } from './progress.ts';
import { SecretInput } from './secret-input.ts';

const settings = ['DATABASE_URL', 'HASH_KEY', 'AUDIT_KEY', 'NODE_NAME', 'CALL_BACK'] as const;
const deadlineMs = 10_000;

/** Nothing was changed. */
class NoSuchAccount extends ExpectedError {
  override readonly name = 'NoSuchAccount';
}

/** Nothing was changed. */
class ChangedMeanwhile extends ExpectedError {
  override readonly name = 'ChangedMeanwhile';

  constructor() {
    super(
      'Somebody else changed this account at the same moment, so nothing was changed: look at it with hotline account show, then run this again if it is still wanted',
    );
  }
}

export const codeOption = [
  '--code [digits]',
  'the BHXH code or the personal ID; without digits, or -, it is asked for or read from standard input',
  true,
] as const;
const reasonOption = ['--reason <text>', 'why, in 3 to 200 characters, without a code or a number'] as const;

interface Asked {
  readonly code: string | true;
  readonly json?: boolean;
}

export function blockCommand(): HotlineCommand {
  return new HotlineCommand('block', settings)
    .description(
      'let nobody reset the password of this account by phone: to callers it sounds like a mismatch',
    )
    .option(...codeOption)
    .requiredOption(...reasonOption)
    .option('--call-back-only', 'let it be reset in a call to the registered number, and in no other')
    .option(...jsonOption)
    .example(
      "hotline account block --reason 'SIM reported stolen'",
      'ask for the code, and refuse resets of its account',
    )
    .example(
      "hotline account block --call-back-only --reason 'calls from abroad'",
      'but for those in a call to the registered number',
    )
    .action(({ callBackOnly = false, ...asked }: Asked & { reason: string; callBackOnly?: boolean }) =>
      change(callBackOnly ? 'call-back' : 'blocked', asked),
    );
}

export function allowCommand(): HotlineCommand {
  return new HotlineCommand('allow', settings)
    .description('undo account block')
    .option(...codeOption)
    .requiredOption(...reasonOption)
    .option(...jsonOption)
    .example(
      "hotline account allow --reason 'has a new SIM'",
      'ask for the code, and allow resets of its account again',
    )
    .action((asked: Asked & { reason: string }) => change('allowed', asked));
}

export function showCommand(): HotlineCommand {
  return new HotlineCommand('show', settings)
    .description('whether the password of an account may be reset by phone, and who has said so')
    .option(...codeOption)
    .option(...jsonOption)
    .example('hotline account show', 'ask for the code, and say whether its account is blocked')
    .example('hotline account show --json < code.txt', 'the same for a program, with the code in a file')
    .action(show);
}

/** @throws ChangedMeanwhile, NoSuchAccount, OptionError, RegistryUnavailable */
async function change(state: PhoneResets, { code, reason, json = false }: Asked & { reason: string }) {
  const fault = blockReasonFault(reason.trim());
  if (fault !== null) throw new OptionError(`--reason: ${fault}`);
  await onAccount(code, async (registry, bhxhCode, codeKey) => {
    const user = actingUser();
    const seen = (await registry.readBlock(bhxhCode))?.since ?? null;
    const said = { bhxhCode, state, reason: reason.trim(), user, codeKey, seen };
    const { kind } = await registry.setBlock(said);
    if (kind === 'no-account') throw new NoSuchAccount('No account has this code: nothing was changed');
    if (kind === 'changed-meanwhile') throw new ChangedMeanwhile();
    await report(registry, bhxhCode, json);
  });
}

/** @throws NoSuchAccount, OptionError, RegistryUnavailable */
function show({ code, json = false }: Asked): Promise<void> {
  return onAccount(code, async (registry, bhxhCode, codeKey) => {
    await registry.recordAct({ user: actingUser(), what: { kind: 'looked at account' }, codeKey });
    await report(registry, bhxhCode, json);
  });
}

async function onAccount(
  code: string | true,
  work: (registry: MysqlRegistry, bhxhCode: string, codeKey: string) => Promise<void>,
): Promise<void> {
  const { DATABASE_URL, HASH_KEY, AUDIT_KEY, NODE_NAME } = readSettings(settings);
  const { MysqlRegistry } = await import('../mysql/registry/mysql-registry.ts');
  const audit = { key: AUDIT_KEY, node: NODE_NAME };
  const registry = new MysqlRegistry({ url: DATABASE_URL, poolSize: 1, deadlineMs, audit });
  const input = new SecretInput();
  try {
    const bhxhCode = await input.read('BHXH code', code);
    await withProgress('waiting for the database', () =>
      work(registry, bhxhCode, subjectKey(HASH_KEY, 'code', bhxhCode)),
    );
  } finally {
    input.close();
    await registry.end();
  }
}

async function report(registry: MysqlRegistry, bhxhCode: string, json: boolean): Promise<void> {
  const block = await registry.readBlock(bhxhCode);
  if (block === null) throw new NoSuchAccount('No account has this code');
  if (json) return printReport({ ...block });
  print(...describe(block, readSettings(['CALL_BACK']).CALL_BACK === 'off'));
}

const words = {
  allowed: 'resets by phone: allowed',
  'call-back': 'resets by phone: only in a call to the registered number',
  blocked: 'resets by phone: blocked',
} as const satisfies Record<PhoneResets, string>;

/** @param isOff nobody is called back */
function describe({ state, since, by, reason }: AccountBlock, isOff: boolean): string[] {
  return [
    words[state],
    ...(since === null ? [] : [`since ${vietnamTime(since)}, by ${by}: ${reason}`]),
    ...(state === 'call-back' && isOff ? ['CALL_BACK is off: until it is not, this account is blocked'] : []),
  ];
}
