/** Makes faults in a running hotline, each from its start to its repair. */
import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import { kill, processOf } from '../../tests/support/machine/hotline-under-test.ts';
import { until } from '../../tests/support/until.ts';
import type { AriProxy } from '../../tests/support/machine/ari-proxy.ts';
import type { CallFault, Victim } from './call-fault.ts';
import type { CallDatabase } from './call-database.ts';
import type { DatabaseProxy } from './database-proxy.ts';
import { holdPhone } from './phone-strike.ts';
import type { InsideFault } from './inside-application.ts';
import { fillDisk } from './lane-strike.ts';
import type { LogReader } from './log-reader.ts';
import type { PbxClock } from './pbx-clock.ts';
import { startSecond } from './second-start.ts';
import type { Violation } from './checker.ts';

/** The places where faults are made. */
export interface Surroundings {
  readonly ari: AriProxy;
  readonly database: DatabaseProxy;
  readonly server: CallDatabase;
  readonly log: LogReader;
  readonly pbxClock: PbxClock;
  /** By service: a folder of it on a file system of its own. */
  readonly disks: Readonly<Record<Victim, string>>;
  /** Read inside the application (inside-application.ts). */
  readonly faultFile: string;
}

/** The calls that the fault finds, and their end. */
export interface Struck {
  readonly calls: readonly ScriptedCall[];
  readonly over: Promise<unknown>;
}

/** Callers of a dead PBX give up after this long, ms. */
const givesUpMs = 15_000;

/**
 * Makes a fault and resolves when it is over, with what it has shown to be wrong by itself. Only a fault of
 * the next events, requests or statements still waits for them.
 */
export async function strike(
  fault: CallFault,
  surroundings: Surroundings,
  struck: Struck,
): Promise<readonly Violation[]> {
  if (fault.kind === 'start') return startSecond(fault.what, struck.over);
  await makeFault(fault, surroundings, struck);
  return [];
}

async function makeFault(
  fault: Exclude<CallFault, { kind: 'start' }>,
  { ari, database, server, log, pbxClock, disks, faultFile }: Surroundings,
  { calls, over }: Struck,
): Promise<void> {
  switch (fault.kind) {
    case 'kill':
      if (fault.victim === 'pbx') void giveUp(calls);
      return killAndWait(fault.victim);
    case 'stop':
      return fault.ms === null ? freeze(fault.victim, calls, over) : stop(fault.victim, fault.ms);
    case 'hold':
      if (fault.isUnnoticed) ari.onEvent = (type) => (/^Channel(Unh|H)old$/.test(type) ? 'drop' : 'pass');
      return void (await Promise.all(calls.map((call) => holdPhone(call, fault))));
    case 'media-stops':
      return calls.forEach((call) => call.fallSilent());
    case 'block-loop':
      tellApplication(faultFile, { blockMs: fault.ms });
      return pause(fault.ms);
    case 'stall-log':
      return log.stall(fault.ms);
    case 'database':
      return loseStatement(fault, database);
    case 'database-unreachable':
      return database.refuse(fault.ms);
    case 'forget-connections':
      return database.forgetIdleConnections();
    case 'read-only':
      return void (await Promise.all([database.refuse(100), server.beReadOnly(fault.ms)]));
    case 'exhaust-connections':
      database.breakConnections();
      return server.takeConnections(fault.ms);
    case 'lock-rows':
      return server.lockRows(fault.ms);
    case 'lose-both':
      return void (await Promise.all([
        database.refuse(fault.ms),
        pause(fault.ms / 2).then(() => kill('application')),
      ]));
    case 'events':
      return changeEvents(fault, ari);
    case 'event-socket':
      return ari.refuseSockets(fault.ms);
    case 'pbx-unreachable':
      ari.onRequest = () => 'break';
      await ari.refuseSockets(fault.ms);
      return ari.restart();
    case 'requests':
      return changeRequests(fault, ari);
    case 'fill-disk':
      return fillDisk(disks[fault.of], fault.ms);
    case 'jump-clock':
      if (fault.of === 'database') database.clockShiftMs = fault.byMs;
      else if (fault.of === 'pbx') await pbxClock.jump(fault.byMs);
      else tellApplication(faultFile, { jumpMs: fault.byMs });
  }
}

/** Resolves when another process runs: before that, /health may not have noticed yet. */
async function killAndWait(victim: Victim): Promise<void> {
  await kill(victim);
  await until(() => isRunning(victim));
}

async function stop(victim: Victim, ms: number): Promise<void> {
  const pid = processOf(victim);
  process.kill(pid, 'SIGSTOP');
  await pause(ms);
  process.kill(pid, 'SIGCONT');
}

/** Stops it until its calls are over. Nobody waits for a dead PBX for ever. */
async function freeze(victim: Victim, calls: readonly ScriptedCall[], over: Promise<unknown>): Promise<void> {
  process.kill(processOf(victim), 'SIGSTOP');
  await (victim === 'pbx' ? giveUp(calls) : over);
  await killAndWait(victim);
}

async function giveUp(calls: readonly ScriptedCall[]): Promise<void> {
  await pause(givesUpMs);
  await Promise.race([Promise.all(calls.map((call) => call.hangUp())), pause(5000)]);
}

function isRunning(victim: Victim): boolean {
  try {
    return processOf(victim) > 0;
  } catch {
    return false;
  }
}

function tellApplication(faultFile: string, fault: InsideFault): void {
  writeFileSync(faultFile, JSON.stringify(fault));
  process.kill(processOf('application'), 'SIGUSR2');
}

function changeEvents(fault: Extract<CallFault, { kind: 'events' }>, ari: AriProxy): void {
  let left = fault.count;
  ari.onEvent = (type) => {
    if (type !== fault.type || left-- <= 0) return 'pass';
    return fault.what === 'delay' ? { delayMs: fault.ms } : fault.what;
  };
}

function changeRequests(fault: Extract<CallFault, { kind: 'requests' }>, ari: AriProxy): void {
  let left = fault.count;
  ari.onRequest = () => {
    if (left-- <= 0) return 'pass';
    return fault.what === 'delay' ? { delayMs: fault.ms } : fault.what;
  };
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
