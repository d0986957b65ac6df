/** `hotline run`. Exit codes: src/local/start-error.ts */
import { HotlineCommand } from './hotline-command.ts';

/** What it reads itself. It also hands the settings of the application (serve-settings.ts) on. */
const settings = ['HTTP_HOST', 'HTTP_PORT', 'DRAIN_SECONDS'] as const;

export function runCommand(): HotlineCommand {
  const command = new HotlineCommand('run', settings);
  command
    .description('start PBX, database and application of this checkout (what `make run` does)')
    .option('--state <directory>', 'where secrets, database files and logs are kept (default: .hotline)')
    .option('--root <directory>', 'the private Debian root (default: .hotline/root)')
    .action(async (options: { state?: string; root?: string }) => {
      const { run } = await import('../local/run.ts');
      await run(options);
    });
  return command;
}
