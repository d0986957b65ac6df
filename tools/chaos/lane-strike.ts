/** Makes the faults of a lane that strike database, network, disk or clock, each from its start to its repair. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ApplicationProcess } from './application-process.ts';
import type { ChaosDatabase } from './chaos-database.ts';
import type { DatabaseProxy } from './database-proxy.ts';
import type { Registry } from './registry-seen.ts';
import type { Fault } from './trial.ts';

/** Where the faults of a lane are made. */
export interface LanePlaces {
  readonly database: ChaosDatabase;
  readonly registry: Registry;
  readonly proxy: DatabaseProxy;
  readonly application: ApplicationProcess;
  /** The journal's folder, a file system of its own. */
  readonly journal: string;
}

/** Faults that end the application: what becomes of its calls is the lane's. */
export type ApplicationFault = Extract<
  Fault,
  { readonly kind: 'kill-application' | 'lose-machine' | 'lose-both' }
>;

/** Makes the fault. Its first step is taken before this returns; resolves when it is repaired. */
export async function strikeLane(
  fault: Exclude<Fault, ApplicationFault>,
  { database, registry, proxy, application, journal }: LanePlaces,
): Promise<void> {
  switch (fault.kind) {
    case 'refuse-connections':
      return proxy.refuse(fault.ms);
    case 'silent-network':
      return proxy.beSilent(fault.ms);
    case 'forget-connections':
      return proxy.forgetIdleConnections();
    case 'stop-application':
      application.signal('SIGSTOP');
      await pause(fault.ms);
      return application.signal('SIGCONT');
    case 'kill-database':
      await database.kill();
      await pause(fault.ms);
      return database.startAgain();
    case 'stop-database':
      database.signal('SIGSTOP');
      await pause(fault.ms);
      return database.signal('SIGCONT');
    case 'read-only':
      return failOver(database, proxy, fault.ms);
    case 'exhaust-connections':
      return exhaust(database, proxy, fault.ms);
    case 'lock-rows':
      return registry.lockRows(fault.ms);
    case 'fill-disk':
      database.fillDisk();
      await pause(fault.ms);
      return database.freeDisk();
    case 'fill-journal':
      return fillDisk(journal, fault.ms);
    case 'jump-application-clock':
      return application.order({ order: 'jump-clock', byMs: fault.byMs });
    case 'jump-database-clock':
      proxy.clockShiftMs = fault.byMs;
      return;
    case 'none':
    case 'lose-statement':
    case 'lose-answer':
    case 'delay-statement':
      return;
  }
}

async function failOver(database: ChaosDatabase, proxy: DatabaseProxy, ms: number): Promise<void> {
  const refusing = proxy.refuse(100);
  await Promise.all([refusing, database.beReadOnly(true)]);
  await pause(ms);
  await database.beReadOnly(false);
}

async function exhaust(database: ChaosDatabase, proxy: DatabaseProxy, ms: number): Promise<void> {
  proxy.breakConnections();
  const giveBack = await database.takeConnections();
  await pause(ms);
  giveBack();
}

/** Leaves no byte on the file system of a folder for `ms`. */
export async function fillDisk(directory: string, ms: number): Promise<void> {
  const ballast = join(directory, 'ballast');
  spawnSync('sh', ['-c', `cat /dev/zero > ${ballast} 2>/dev/null`]);
  await pause(ms);
  rmSync(ballast, { force: true });
}
