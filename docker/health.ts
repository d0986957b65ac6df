/**
 * The health check of the application's container, `node docker/health.ts 15`: exits with 0 when a caller
 * would be served. Docker starts nothing again because it is unhealthy, only what has ended. So an application
 * that takes the connection and does not answer within these seconds is ended with SIGKILL, which also a stopped process takes, and `restart:` starts it
 * again; one whose event loop is blocked has ended itself after 10 s (docs/adr/0033-start-log-watchdog.md).
 */
import { readSettings } from '../src/config.ts';
import { processAtPort } from '../src/machine/port-holder.ts';

const seconds = Number(process.argv[2]);
const { HTTP_PORT } = readSettings(['HTTP_PORT']);
const signal = AbortSignal.timeout(seconds * 1000);
try {
  const { ok } = await fetch(`http://127.0.0.1:${HTTP_PORT}/health`, { signal });
  process.exit(ok ? 0 : 1);
} catch {
  if (signal.aborted) endApplication();
  process.exit(1);
}

function endApplication(): void {
  const pid = processAtPort('tcp', HTTP_PORT);
  if (pid === undefined) return;
  process.stderr.write(`the application has not answered for ${seconds} s: ending it\n`);
  process.kill(Number(pid), 'SIGKILL');
}
