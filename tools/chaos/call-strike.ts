/** Makes faults in a running hotline, each from its start to its repair. */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { kill, processOf } from '../../tests/support/machine/hotline-under-test.ts';
import type { AriProxy } from './ari-proxy.ts';
import type { CallFault, Victim } from './call-trial.ts';
import type { DatabaseProxy } from './database-proxy.ts';
import { until } from '../../tests/support/until.ts';

/** The places where faults are made. */
export interface Surroundings {
  readonly ari: AriProxy;
  readonly database: DatabaseProxy;
  /** A file system that database, PBX and application share. */
  readonly directory: string;
  /** Read by the application's clock (shiftable-clock.ts). */
  readonly clockFile: string;
}

/**
 * Makes a fault and resolves when it is over. Only a fault of the next events, requests or
 * statements still waits for them.
 */
export async function strike(
  fault: CallFault,
  { ari, database, directory, clockFile }: Surroundings,
): Promise<void> {
  switch (fault.kind) {
    case 'kill':
      await kill(fault.victim);
      return until(() => isRunning(fault.victim)); // before that, /health may not have noticed yet
    case 'stop': {
      const pid = processOf(fault.victim);
      process.kill(pid, 'SIGSTOP');
      await pause(fault.ms);
      return void process.kill(pid, 'SIGCONT');
    }
    case 'database':
      return loseStatement(fault, database);
    case 'database-unreachable':
      return database.refuse(fault.ms);
    case 'lose-both':
      return void (await Promise.all([
        database.refuse(fault.ms),
        pause(fault.ms / 2).then(() => kill('application')),
      ]));
    case 'events': {
      let left = fault.count;
      ari.onEvent = (type) =>
        type !== fault.type || left-- <= 0
          ? 'pass'
          : fault.what === 'delay'
            ? { delayMs: fault.ms }
            : fault.what;
      return;
    }
    case 'event-socket':
      return ari.breakSockets();
    case 'requests': {
      let left = fault.count;
      ari.onRequest = () =>
        left-- <= 0 ? 'pass' : fault.what === 'delay' ? { delayMs: fault.ms } : fault.what;
      return;
    }
    case 'fill-disk': {
      const ballast = join(directory, 'ballast');
      spawnSync('sh', ['-c', `cat /dev/zero > ${ballast} 2>/dev/null`]);
      await pause(fault.ms);
      return rmSync(ballast);
    }
    case 'jump-clock':
      if (fault.of === 'database') database.clockShiftMs = fault.byMs;
      else {
        writeFileSync(clockFile, String(fault.byMs));
        process.kill(processOf('application'), 'SIGUSR2');
      }
  }
}

function isRunning(victim: Victim): boolean {
  try {
    return processOf(victim) > 0;
  } catch {
    return false;
  }
}

function loseStatement(fault: Extract<CallFault, { kind: 'database' }>, database: DatabaseProxy): void {
  let isOver = false;
  database.onStatement = ({ step }) => {
    if (isOver || step === null || (fault.commit && !step.endsWith('COMMIT'))) return {};
    isOver = true;
    return fault.what === 'delay'
      ? { delayMs: fault.ms }
      : { lose: fault.what === 'lose-answer' ? 'answer' : 'statement' };
  };
}
