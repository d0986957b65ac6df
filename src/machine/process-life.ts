/** Names a process so that another one on the same machine can see, later, whether it is dead. */
import { readFileSync, readlinkSync } from 'node:fs';

/**
 * This process, as `boot/namespace/pid/start`: the boot of the machine, the namespace that counts its
 * processes, its number there, and when it started (proc(5)), since numbers are used again.
 */
export function nameThisProcess(): string {
  return [...describeMachine(), process.pid, startOf(process.pid) ?? ''].join('/');
}

/**
 * Whether the process is dead for certain. False where that cannot be seen: for a process of another
 * machine, another boot or another container.
 *
 * @param name from {@link nameThisProcess}
 */
export function isDead(name: string): boolean {
  const [boot, namespace, pid, start] = name.split('/');
  const here = describeMachine();
  if (boot !== here[0] || namespace !== here[1] || boot === '' || !/^\d+$/.test(pid ?? '')) return false;
  const isAlive = exists(Number(pid));
  if (!isAlive) return true;
  const startNow = startOf(Number(pid));
  return startNow !== undefined && startNow !== start;
}

/** The number of a process named by {@link nameThisProcess}, for messages. */
export function pidOf(name: string): string {
  return name.split('/')[2] || 'unknown';
}

/** Empty where there is no /proc: then no process is known to be dead. */
function describeMachine(): [boot: string, namespace: string] {
  try {
    return [
      readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      readlinkSync('/proc/self/ns/pid').replace(/\D/g, ''),
    ];
  } catch {
    return ['', ''];
  }
}

/** Signal 0 asks the kernel, which answers also where other users' processes are hidden in /proc. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * In clock ticks since the boot; undefined where it cannot be read. A zombie has ended: it counts as
 * another process.
 */
function startOf(pid: number): string | undefined {
  try {
    // The name of the program, in brackets, may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : fields[19];
  } catch {
    return undefined;
  }
}
