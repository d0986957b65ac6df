/** What processes have cost so far, from /proc (proc(5)). */
import { readFileSync } from 'node:fs';

/** /proc counts in hundredths of a second on every Linux (USER_HZ). */
const msPerTick = 10;

/** @returns user and system time of a process with all its threads, ms @throws if there is no such process */
export function readProcess(pid: number): number {
  return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

/** @returns user and system time of a process' first thread alone, ms: in Node the event loop, without hashes */
export function readMainThread(pid: number): number {
  return parseStat(readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8'));
}

/** @param stat contents of /proc/PID/stat; the program's name in it may hold spaces and parentheses */
export function parseStat(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * msPerTick; // utime and stime: fields 14 and 15, where the state is 3
}

/** All processes together since the machine started: busy, and in all, ms. */
export function readMachine(): { readonly busyMs: number; readonly totalMs: number } {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  const total = ticks.reduce((sum, each) => sum + each, 0);
  const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0);
  return { busyMs: (total - idle) * msPerTick, totalMs: total * msPerTick };
}
