/**
 * Watches every process in our network namespace, even one that lives for only a few milliseconds. It
 * looks every 10 ms, in a process of its own so that it does not delay calls.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { text } from 'node:stream/consumers';

/** A process as it was seen: its arguments, readable by every user, and its environment, readable by root. */
export interface SeenProcess {
  readonly arguments: string;
  readonly environment: string;
}

/** Starts watching. The returned function stops it and returns the processes seen. */
export function watchProcesses(): () => Promise<SeenProcess[]> {
  const watcher = spawn(process.execPath, [import.meta.filename, 'watch'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const printed = text(watcher.stdout);
  return async () => {
    watcher.stdin.end();
    return JSON.parse(await printed) as SeenProcess[];
  };
}

/** How often known processes are read again, because a process may exec another program. */
const againMs = 250;

async function watch(): Promise<void> {
  const here = readlinkSync('/proc/self/ns/net');
  const seen = new Map<string, SeenProcess>();
  let known = new Set<string>();
  let lookedAgainAt = 0;
  const look = () => {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    const again = Date.now() - lookedAgainAt > againMs;
    if (again) lookedAgainAt = Date.now();
    for (const pid of again ? pids : pids.filter((name) => !known.has(name))) note(pid, here, seen);
    known = new Set(pids);
  };
  const timer = setInterval(look, 10);
  process.stdin.resume();
  await new Promise((resolve) => process.stdin.once('end', resolve));
  clearInterval(timer);
  process.stdout.write(JSON.stringify([...seen.values()]));
}

function note(pid: string, network: string, seen: Map<string, SeenProcess>): void {
  try {
    if (readlinkSync(`/proc/${pid}/ns/net`) !== network) return;
    const process = {
      arguments: readFileSync(`/proc/${pid}/cmdline`, 'latin1'),
      environment: readFileSync(`/proc/${pid}/environ`, 'latin1'),
    };
    seen.set(JSON.stringify(process), process);
  } catch {
    // the process has just ended
  }
}

if (process.argv[2] === 'watch' && process.argv[1] === import.meta.filename) await watch();
