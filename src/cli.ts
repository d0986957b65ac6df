#!/usr/bin/env node
/**
 * `npx hotline <command>`. Exit codes: 0 done; 1 the command failed, with one sentence why;
 * 2 wrong usage or configuration; 3 another process has taken the application's place on the PBX;
 * 4 an import left lines out.
 * `hotline run` has codes of its own (docs/operating.md).
 */
import { Command } from 'commander';
import { join } from 'node:path';
import { ConfigError, loadRunState, readConfig, readSettings } from './config.ts';

const soundsDirectory = join(import.meta.dirname, '../sounds/vi');

const program = new Command('hotline')
  .description('Reset a forgotten VssID password by phone')
  .showHelpAfterError()
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

program
  .command('run')
  .description('start PBX, database and application of this checkout (what `make run` does)')
  .option('--state <directory>', 'where secrets, database files and logs are kept (default: .hotline)')
  .option('--root <directory>', 'the private Debian root (default: .hotline/root)')
  .action(async (options: { state?: string; root?: string }) => {
    const { run } = await import('./local/run.ts');
    await run(options);
  });

program
  .command('serve')
  .description('the application alone: takes calls from an Asterisk over ARI')
  .action(async () => {
    const [{ serve }, { createLogger }] = await Promise.all([import('./serve.ts'), import('./logger.ts')]);
    const config = readConfig();
    const logger = createLogger({ level: config.LOG_LEVEL, format: config.LOG_FORMAT });
    // A mistake of ours still goes through the log that redacts; then the process ends, to be started anew.
    process.on('uncaughtException', (error) => {
      logger.error('a mistake of ours ended the application', { error });
      process.exit(1);
    });
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
    process.exit((await serve(config, logger, stop.signal)) === 'stopped' ? 0 : 3);
  });

program
  .command('migrate')
  .description('bring the database to the schema of this version')
  .action(async () => {
    const { migrateCommand } = await import('./mysql/migrate-command.ts');
    await migrateCommand({ databaseUrl: readSettings(['DATABASE_URL']).DATABASE_URL });
  });

program
  .command('import')
  .description('load a registry from a CSV file with the columns bhxh_code, phone and, if wanted, password_hash')
  .argument('<accounts.csv>')
  .option('--rejects <file>', 'where to write what is wrong with which line (default: <accounts.csv>.rejects.csv)')
  .action(async (file: string, options: { rejects?: string }) => {
    const { importCommand } = await import('./mysql/import-command.ts');
    const settings = readSettings(['DATABASE_URL', 'BHXH_CODE_LENGTHS']);
    process.exitCode = await importCommand({ file, ...options, databaseUrl: settings.DATABASE_URL, codeLengths: settings.BHXH_CODE_LENGTHS });
  });

program
  .command('sounds')
  .description('make the recordings from sounds/vi/prompts.yaml and sounds/vi/recorded/ (needs espeak-ng and sox)')
  .action(async () => {
    const { makeSoundsCommand } = await import('./recordings/command.ts');
    await makeSoundsCommand({ directory: soundsDirectory });
  });

program
  .command('call')
  .description('place a call to a running hotline and print what is heard')
  .option('--from <number>', "the caller's number (default: 0912345678)")
  .option('--code <digits>', 'the code to key (default: 0123456789)')
  .option('--type-ahead', 'key 8 and the code at once, without listening')
  .option('--withheld', 'withhold the number')
  .option('--target <host:port>', 'where the hotline answers (default: 127.0.0.1:5060)')
  .action(async (options: { from?: string; code?: string; typeAhead?: boolean; withheld?: boolean; target?: string }) => {
    const { runCallCommand } = await import('./caller/call-command.ts');
    process.exitCode = await runCallCommand({ ...options, soundsDirectory });
  });

const pbx = program.command('pbx').description('the PBX, over its manager interface');

pbx
  .command('status')
  .description('uptime, calls, trunk and softphones')
  .action(async () => {
    const { pbxStatusCommand } = await import('./asterisk/pbx-commands.ts');
    await pbxStatusCommand(amiSettings());
  });

pbx
  .command('reload')
  .description('take over edited dialplan, SIP settings and recordings without dropping a call')
  .action(async () => {
    const { pbxReloadCommand } = await import('./asterisk/pbx-commands.ts');
    await pbxReloadCommand(amiSettings());
  });

function amiSettings(): { host: string; port: number; username: string; password: string } {
  const settings = readSettings(['AMI_HOST', 'AMI_PORT', 'AMI_USERNAME', 'AMI_PASSWORD']);
  return { host: settings.AMI_HOST, port: settings.AMI_PORT, username: settings.AMI_USERNAME, password: settings.AMI_PASSWORD };
}

/** Reports a failure as one sentence; a stack only for a mistake of ours. */
function fail(error: unknown): never {
  const expected = error instanceof Error && !(error instanceof TypeError || error instanceof ReferenceError);
  process.stderr.write(`hotline: ${expected ? error.message : String((error as Error)?.stack ?? error)}\n`);
  process.exit(error instanceof ConfigError ? 2 : exitCodeOf(error));
}

function exitCodeOf(error: unknown): number {
  return typeof error === 'object' && error !== null && 'exitCode' in error && typeof error.exitCode === 'number' ? error.exitCode : 1;
}

loadRunState();
await program.parseAsync().catch(fail);
