/** `hotline account forget [--code] [--json]`; its other commands are in account-block.ts */
import { readSettings } from '../config.ts';
import { countOf } from '../count-of.ts';
import { allowCommand, blockCommand, codeOption, showCommand } from './account-block.ts';
import { HotlineCommand } from './hotline-command.ts';
import { jsonOption, print, printReport } from './print.ts';
import { withProgress } from './progress.ts';
import { SecretInput } from './secret-input.ts';

const settings = ['DATABASE_URL', 'DATABASE_OWNER_URL'] as const;

export function accountCommand(): HotlineCommand {
  const command = new HotlineCommand('account');
  command
    .description('one account of the registry')
    .addCommand(showCommand())
    .addCommand(blockCommand())
    .addCommand(allowCommand())
    .addCommand(forgetCommand());
  return command;
}

function forgetCommand(): HotlineCommand {
  const command = new HotlineCommand('forget', settings);
  command
    .description('delete the account of a code and all that refers to it; needs DATABASE_OWNER_URL')
    .option(...codeOption)
    .option(...jsonOption)
    .example('hotline account forget', 'ask for the code, and delete its account')
    .action(forget);
  return command;
}

/** @throws ForgetFailed, OptionError */
async function forget({ code, json = false }: { code: string | true; json?: boolean }): Promise<void> {
  const { DATABASE_URL, DATABASE_OWNER_URL } = readSettings(settings);
  const { forgetAccount } = await import('../mysql/registry/forget-account.ts');
  const input = new SecretInput();
  try {
    const bhxhCode = await input.read('BHXH code', code);
    const forgotten = await withProgress('deleting the account', () =>
      forgetAccount(DATABASE_OWNER_URL || DATABASE_URL, bhxhCode),
    );
    const {
      resets,
      notification_outbox: notifications,
      call_backs: callBacks,
      account_codes: codes,
    } = forgotten;
    if (json) return printReport({ resets, notifications, callBacks, otherCodes: codes });
    print(
      `deleted: the account${codes > 0 ? ' with its personal ID' : ''}, ${countOf(resets, 'reset')}, ${countOf(notifications, 'notification')}, ${countOf(callBacks, 'call back', 'calls back')}`,
      'kept: rows of the audit log, with the masked phone and keyed hashes, until hotline audit prune; attempts, as keyed hashes, for two days',
      'not here: backups, and the file that the registry is imported from, which would bring the account back',
    );
  } finally {
    input.close();
  }
}
