/** `hotline run`. Exit codes: src/local/start-error.ts */
import { ExpectedError } from '../expected-error.ts';
import { isInstalled } from '../installation.ts';
import { HotlineCommand } from './hotline-command.ts';

/** What it reads itself. It also hands the settings of the application (serve-settings.ts) on. */
const settings = ['HTTP_HOST', 'HTTP_PORT', 'DRAIN_SECONDS'] as const;

/** `hotline run` in the package, where there is nothing that it could start. */
class OnlyInCheckout extends ExpectedError {
  override readonly name = 'OnlyInCheckout';
  constructor() {
    super(
      'hotline run belongs to a checkout, where it starts a PBX and a database of its own; the package joins yours: hotline setup, then systemctl start hotline',
    );
  }

  override get exitCode(): number {
    return 2;
  }
}

export function runCommand(): HotlineCommand {
  const command = new HotlineCommand('run', settings);
  command
    .summary('start PBX, database and application here')
    .description('start PBX, database and application of this checkout (what `make run` does)')
    .option('--state <directory>', 'where secrets, database files and logs are kept (default: .hotline)')
    .option('--root <directory>', 'the private Debian root (default: .hotline/root)')
    .example('hotline run', 'start everything; Ctrl-C ends it')
    .example(
      'hotline run --state /var/tmp/hotline',
      'with secrets, database files and logs in another folder',
    )
    .action(async (options: { state?: string; root?: string }) => {
      if (isInstalled) throw new OnlyInCheckout();
      const { run } = await import('../local/run.ts');
      await run(options);
    });
  return command;
}
