/** The thread of watchdog.ts: looks whether the event loop of the main thread runs. */
import { write } from 'node:fs';
import { workerData } from 'node:worker_threads';
import type { Watch } from './watchdog.ts';

/** How long the last line may take to be written, ms. Its reader may be what has stalled. */
const lastWordsMs = 500;

const { beats, everyMs, looks } = workerData as Watch;
let seen = -1;
let missed = 0;

const looking = setInterval(() => {
  const now = Atomics.load(beats, 0);
  missed = now === seen ? missed + 1 : 0;
  seen = now;
  if (missed >= looks) end();
}, everyMs);

function end(): void {
  clearInterval(looking);
  const kill = () => process.kill(process.pid, 'SIGKILL');
  setTimeout(kill, lastWordsMs);
  const seconds = (everyMs * looks) / 1000;
  write(2, `hotline: the event loop has not run for ${seconds} s; the process ends, to be restarted\n`, kill);
}
