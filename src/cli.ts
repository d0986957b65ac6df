#!/usr/bin/env node
/**
 * `hotline <command>`. Exit codes: 0 done; 1 the command failed, with one sentence why; 2 wrong usage
 * or wrong settings; 3 another process has taken the application's place on
 * the PBX; 4 an import left lines out; 5 `audit verify` or `doctor` found something wrong. `hotline run`
 * has codes of its own (docs/operating.md).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accountCommand } from './commands/account.ts';
import { auditCommand } from './commands/audit.ts';
import { callCommand } from './commands/call.ts';
import { completionCommand } from './commands/completion.ts';
import { doctorCommand } from './commands/doctor.ts';
import { drainCommand } from './commands/drain.ts';
import { HotlineCommand } from './commands/hotline-command.ts';
import { importCommand } from './commands/import.ts';
import { migrateCommand } from './commands/migrate.ts';
import { outboxCommand } from './commands/outbox.ts';
import { pbxCommand } from './commands/pbx.ts';
import { reportCommand } from './commands/report.ts';
import { runCommand } from './commands/run.ts';
import { serveCommand } from './commands/serve.ts';
import { simulateCommand } from './commands/simulate.ts';
import { smsReceiverCommand } from './commands/sms-receiver.ts';
import { setupCommand } from './commands/setup.ts';
import { soundsCommand } from './commands/sounds.ts';
import { userCommand } from './commands/user.ts';
import { requirePrivateSettings } from './config.ts';
import { ExpectedError, isExpected } from './expected-error.ts';
import { isInstalled } from './installation.ts';

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
  version: string;
};

export const program = new HotlineCommand('hotline');
program
  .description('Reset a forgotten VssID password by phone')
  .version(version, '--version', 'print the version')
  .addCommand(runCommand(), { hidden: isInstalled })
  .addCommand(serveCommand())
  .addCommand(setupCommand())
  .addCommand(drainCommand())
  .addCommand(outboxCommand())
  .addCommand(smsReceiverCommand())
  .addCommand(migrateCommand())
  .addCommand(importCommand())
  .addCommand(accountCommand())
  .addCommand(userCommand())
  .addCommand(soundsCommand())
  .addCommand(callCommand())
  .addCommand(simulateCommand())
  .addCommand(reportCommand())
  .addCommand(doctorCommand())
  .addCommand(pbxCommand())
  .addCommand(auditCommand())
  .addCommand(completionCommand())
  .hook('preAction', (_, command) => {
    if (command.name() !== 'run') requirePrivateSettings(); // `run` says the same of any run state it is given
  });

// Imported by `make docs`, it is the list of commands and runs none.
if (import.meta.main) await program.parseAsync().catch(fail);

/** Prints one sentence and exits; a fault of the program is printed with its stack, redacted as in the log. */
async function fail(error: unknown): Promise<never> {
  const words = isExpected(error) ? (error as Error).message : await describeFault(error);
  process.stderr.write(`hotline: ${words}\n${adviseStart(words)}`);
  process.exit(error instanceof ExpectedError ? error.exitCode : 1);
}

/** For a developer whose hotline is stopped, most often, where nothing listens; empty elsewhere. */
function adviseStart(words: string): string {
  const isClosed = words.includes('ECONNREFUSED') || words.startsWith('no application answers at ');
  if (isInstalled || !isClosed) return '';
  return 'If the hotline of this checkout is stopped, start it with make run, then try again.\n';
}

async function describeFault(error: unknown): Promise<string> {
  const { redactText } = await import('./logger.ts');
  const text = String((error as Error)?.stack ?? error);
  return text.split('\n').map(redactText).join('\n');
}
