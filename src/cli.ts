#!/usr/bin/env node
/**
 * `npx hotline <command>`. Exit codes: 0 done; 1 the command failed, with one sentence why;
 * 2 wrong usage or configuration; 3 another process has taken the application's place on the PBX.
 * `hotline run` has codes of its own (docs/operating.md).
 */
import { Command } from 'commander';
import { ConfigError, loadRunState, readConfig, readSettings } from './config.ts';

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
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
    process.exit((await serve(config, logger, stop.signal)) === 'stopped' ? 0 : 3);
  });

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
