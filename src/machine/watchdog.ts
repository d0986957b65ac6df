import { url as debuggerUrl } from 'node:inspector';
import { Worker } from 'node:worker_threads';

/** What the watching thread is told. */
export interface Watch {
  /** Counts the rounds of the main thread's event loop, one number. */
  readonly beats: Int32Array<SharedArrayBuffer>;
  /** Between two looks, ms. */
  readonly everyMs: number;
  /** Looks in a row that see no beat until the process is ended. */
  readonly looks: number;
}

/**
 * Ends the process with SIGKILL when its event loop has not run for `looks` × `everyMs` (10 s), so that
 * it is restarted (docs/adr/0033-start-log-watchdog.md). A thread of its own looks. Looks are counted,
 * so a process that was stopped as a whole (SIGSTOP, a frozen machine) goes on when it comes back. Does
 * nothing under a debugger, which stops the loop on purpose.
 */
export function startWatchdog({ everyMs = 1000, looks = 10 } = {}): void {
  if (debuggerUrl() !== undefined) return;
  const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const watch: Watch = { beats, everyMs, looks };
  setInterval(() => Atomics.add(beats, 0, 1), everyMs / 2).unref();
  const thread = new URL('watchdog-thread.ts', import.meta.url);
  new Worker(thread, { workerData: watch, execArgv: [] }).unref();
}
