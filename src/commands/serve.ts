/** `hotline serve`. Exit codes: 0 it was asked to stop; 3 another process took its place on the PBX. */
import { readSettings, refuseLogin, refuseOwner, systemdEnvironment } from '../config.ts';
import { ExpectedError } from '../expected-error.ts';
import { isInstalled } from '../installation.ts';
import type { Logger } from '../logger.ts';
import { serveSettings } from '../serve-settings.ts';
import { HotlineCommand } from './hotline-command.ts';

const replaced = 3;

/** Root's files in the journal would keep the service from it, and a second application takes the place of the first. */
class NotAsRoot extends ExpectedError {
  override readonly name = 'NotAsRoot';

  override get exitCode(): number {
    return 2;
  }
}

export function serveCommand(): HotlineCommand {
  const command = new HotlineCommand('serve', serveSettings);
  command
    .summary('the application alone, for a PBX of yours')
    .description('the application alone: takes calls from an Asterisk over ARI')
    .example('hotline serve', 'take calls until SIGTERM, which finishes those under way')
    .action(startServing);
  return command;
}

async function startServing(): Promise<void> {
  if (isInstalled && process.getuid?.() === 0)
    throw new NotAsRoot(
      'hotline serve must not run as root; its service has a user of its own: systemctl start hotline',
    );
  refuseOwner();
  refuseLogin();
  const config = readSettings(serveSettings);
  const [{ serve }, { createLogger }, { startWatchdog }, { Systemd }] = await Promise.all([
    import('../serve.ts'),
    import('../logger.ts'),
    import('../machine/watchdog.ts'),
    import('../machine/systemd.ts'),
  ]);
  const logger = createLogger({ level: config.LOG_LEVEL, format: config.LOG_FORMAT });
  endOnFault(logger);
  startWatchdog();
  const systemd = new Systemd(systemdEnvironment());
  systemd.startWatchdog();
  const end = await serve(config, logger, stopSignals(), systemd);
  process.exit(end === 'stopped' ? 0 : replaced);
}

/** Logs a fault of the program, redacted, and ends the process so that it is restarted. */
function endOnFault(logger: Logger): void {
  process.on('uncaughtException', (error) => {
    logger.error('the application ended because of a bug', { error });
    process.exit(1);
  });
}

/** The first signal asks for a drain, a second one (of either) for an end at once. */
function stopSignals(): { asked: AbortSignal; insisted: AbortSignal } {
  const [asked, insisted] = [new AbortController(), new AbortController()];
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => (asked.signal.aborted ? insisted : asked).abort());
  return { asked: asked.signal, insisted: insisted.signal };
}
