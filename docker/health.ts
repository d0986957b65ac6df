/**
 * The health check of the containers of the application and the SMS receiver, `node docker/health.ts PORT
 * SECONDS`: exits with 0 when `/health` says yes, as the application does when a caller would be served.
 * Docker starts nothing again because it is unhealthy, only what has ended. So a process that takes the
 * connection and does not answer within these seconds is ended with SIGKILL, which also a stopped process
 * takes, and `restart:` starts it again; one whose event loop is blocked has ended itself after 10 s
 * (docs/adr/0033-start-log-watchdog.md).
 *
 * It runs every few seconds beside the calls, so it loads nothing that it may not need.
 */
const [port, seconds] = process.argv.slice(2).map(Number) as [number, number];
const signal = AbortSignal.timeout(seconds * 1000);
try {
  const { ok } = await fetch(`http://127.0.0.1:${port}/health`, { signal });
  process.exit(ok ? 0 : 1);
} catch {
  if (signal.aborted) await endProcess();
  process.exit(1);
}

async function endProcess(): Promise<void> {
  const { processAtPort } = await import('../src/machine/port-holder.ts');
  const pid = processAtPort('tcp', port);
  if (pid === undefined) return;
  process.stderr.write(`process ${pid} has not answered for ${seconds} s: ending it\n`);
  process.kill(Number(pid), 'SIGKILL');
}
