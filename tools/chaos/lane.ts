/** One application, with a schema and a proxy of its own, that runs trials one after the other. */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { callIdOf } from '../../src/call/call-id.ts';
import { migrate } from '../../src/mysql/schema/migrate.ts';
import { ApplicationProcess } from './application-process.ts';
import type { News } from './application.ts';
import type { ChaosDatabase } from './chaos-database.ts';
import { violations, type CallSeen, type Violation } from './checker.ts';
import { DatabaseProxy, type Fate } from './database-proxy.ts';
import { strikeLane } from './lane-strike.ts';
import { Registry } from './registry-seen.ts';
import type { Statement } from './statement-reader.ts';
import { stepOfSound, type Step } from './steps.ts';
import type { Fault, Trial } from './trial.ts';

export interface Verdict {
  readonly violations: readonly Violation[];
  /** Whether the fault struck at the step it was drawn for; the call may have ended before it. */
  readonly struck: boolean;
  readonly calls: readonly CallSeen[];
}

/** One call of a trial, as its caller and the PBX know it. */
interface Line {
  readonly channelId: string;
  /** As the line shows it: `0912345678`. */
  readonly phone: string;
  readonly codes: readonly string[];
  readonly furtherReadings: number;
  readonly servedBy: Machine;
  readonly heard: string[];
  isUp: boolean;
  isOver: boolean;
  /** The caller has hung up. */
  hasLeft: boolean;
  /** Its machine never comes back. */
  isLost: boolean;
}

/** A machine that runs an application; by the name of its node. */
interface Machine {
  readonly node: string;
  readonly application: ApplicationProcess;
}

const passwordLength = 8;
/**
 * How long the records may take to be right. The lease of a lost machine runs out after twelve looks of the other,
 * each a second and a few statements, however long these take on a busy machine. The limit only ends what hangs.
 */
const recordedMs = 60_000;
/** How long the service may take to work again after the repair. A busy machine may spoil one good call or two. */
const recoveryMs = 30_000;

/** The call that shows after a fault that the service works again. */
const goodCall: Trial = {
  seed: '',
  fault: { kind: 'none', at: { step: 'hang-up', nth: 1, side: 'before' } },
  caller: {
    keys: 'right',
    furtherReadings: 0,
    hangsUp: null,
    leavesWithApplication: false,
    secondCall: null,
  },
};

export class Lane {
  readonly #database: ChaosDatabase;
  readonly #registry: Registry;
  readonly #proxy: DatabaseProxy;
  readonly #journals: string[] = [];
  readonly #machine: Machine;
  /** Serves second calls, and the next ones when the machine is lost. */
  readonly #other: Machine;
  /** No application runs on the machine. */
  #isDown = false;
  /** The trial in progress. */
  #trial = goodCall;
  #lines: Line[] = [];
  /** Sounds or statements so far, by step. */
  #passed = new Map<Step, number>();
  #strike: Promise<void> | undefined;
  #soundsSinceFault = 0;

  private constructor(
    database: ChaosDatabase,
    registry: Registry,
    proxy: DatabaseProxy,
    options: readonly string[],
  ) {
    this.#database = database;
    this.#registry = registry;
    this.#proxy = proxy;
    const machine = (node: string): Machine => {
      const journal = mkdtempSync(join(tmpdir(), 'hotline-journal-'));
      spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0700', 'tmpfs', journal]);
      this.#journals.push(journal);
      const news = (each: News) => this.#hear(each);
      return { node, application: new ApplicationProcess([...options, journal, node], news) };
    };
    [this.#machine, this.#other] = [machine('chaos-a'), machine('chaos-b')];
  }

  /** @param resetsApartMs with 0, two calls for one account may both change it */
  static async open(database: ChaosDatabase, schema: string, resetsApartMs: number): Promise<Lane> {
    const [owner, application] = [database.url(schema, 'owner'), database.url(schema, 'application')];
    await migrate(owner, { applicationUrl: application });
    const proxy = await DatabaseProxy.start(application);
    const lane = new Lane(database, new Registry(owner), proxy, [proxy.url, String(resetsApartMs)]);
    await Promise.all([lane.#machine, lane.#other].map(({ application }) => application.start()));
    await lane.#attempt(goodCall);
    return lane;
  }

  /**
   * Runs a trial and good calls after it. No call may break a promise, and a good call must be served
   * soon.
   */
  async run(trial: Trial): Promise<Verdict> {
    const { violations, ...verdict } = await this.#attempt(trial);
    const found = [...violations];
    let isServed = false;
    const deadline = Date.now() + recoveryMs;
    while (!isServed && Date.now() < deadline) {
      const after = await this.#attempt(goodCall);
      found.push(...after.violations);
      isServed = after.calls.every(({ heard }) => heard.includes('hotline/changed'));
    }
    this.#proxy.clockShiftMs = 0;
    if (!isServed)
      found.push({
        invariant: 'recovery',
        what: `no good call gets its password within ${recoveryMs / 1000} s`,
      });
    if (this.#isDown) await this.#startMachine();
    return { ...verdict, violations: found };
  }

  async close(): Promise<void> {
    for (const { application } of [this.#machine, this.#other]) application.signal('SIGKILL');
    await this.#registry.end();
    await this.#proxy.stop();
    for (const journal of this.#journals) {
      spawnSync('umount', ['--lazy', journal]);
      rmSync(journal, { recursive: true });
    }
  }

  async #attempt(trial: Trial): Promise<Verdict> {
    const citizen = await this.#registry.newCitizen();
    [this.#trial, this.#lines, this.#strike, this.#soundsSinceFault] = [trial, [], undefined, 0];
    this.#passed.clear();
    this.#proxy.onStatement = (statement) => this.#fate(trial.fault, statement);
    const machine = this.#isDown ? this.#other : this.#machine;
    this.#call(citizen, machine);
    const ended = await this.#until(() => this.#lines.every(({ isOver }) => isOver));
    const struck = this.#strike !== undefined;
    if (!struck && 'ms' in trial.fault) this.#strikes(); // the call ended before its step: what it stored must survive too
    await Promise.resolve(this.#strike);
    this.#proxy.restart();
    const survivor = this.#isDown ? this.#other : machine;
    const recovered = ended && (await survivor.application.does('ping'));
    const calls = this.#lines.map(seenOf);
    if (!ended || !recovered) {
      await this.#replaceApplication();
      const what = ended ? 'the application does not find the database again' : 'a call does not end';
      return { violations: [{ invariant: 'recovery', what }], struck, calls };
    }
    await this.#until(() => this.#proxy.held === 0);
    return { violations: await this.#check(calls, citizen.accountId), struck, calls };
  }

  /** Checks the condition at each piece of news of either machine. */
  #until(condition: () => boolean): Promise<boolean> {
    return this.#machine.application.until(condition);
  }

  /**
   * Checks until nothing is wrong, for a while: a server takes a moment to roll back a dead
   * application's transaction, and a lease to run out.
   */
  async #check(calls: readonly CallSeen[], accountId: number): Promise<Violation[]> {
    for (const deadline = Date.now() + recordedMs; ;) {
      const last = await Promise.all(
        calls.map(async (call) => {
          const next = await this.#registry.nextCallOf(call.callId);
          return next === null ? call : { ...call, callId: next };
        }),
      );
      const found = violations(last, await this.#registry.seen(accountId, last), passwordLength);
      if (found.length === 0 || Date.now() > deadline) return found;
      await pause(200);
    }
  }

  #call({ phone, code }: { phone: string; code: string }, servedBy: Machine): void {
    const wrong = code.replace(/.$/, (digit) => String((Number(digit) + 1) % 10));
    const codes = { right: [code], 'wrong-then-right': [wrong, code], wrong: [wrong, wrong, wrong] }[
      this.#trial.caller.keys
    ];
    const { furtherReadings } = this.#trial.caller;
    // The PBX apologises for an application that is not there, which never hears of the call.
    const isUp = servedBy !== this.#machine || !this.#isDown;
    const line: Line = {
      channelId: `chaos-${Date.now()}.${randomInt(1e9)}`,
      phone,
      codes,
      furtherReadings,
      servedBy,
      heard: [],
      isUp,
      isOver: !isUp,
      hasLeft: false,
      isLost: false,
    };
    this.#lines.push(line);
    const { channelId } = line;
    if (isUp) servedBy.application.order({ order: 'call', channelId, phone, codes, furtherReadings });
  }

  #fate(fault: Fault, { step }: Statement): Fate {
    if (step === null || !this.#isNow(step)) return {};
    if (fault.at.side === 'after' && !fault.kind.endsWith('statement') && fault.kind !== 'lose-answer')
      return { answered: () => this.#strikes() };
    this.#strikes();
    if (fault.kind === 'lose-answer') return { lose: 'answer' };
    const isLost = ['lose-statement', 'kill-application', 'lose-machine'].includes(fault.kind);
    return isLost ? { lose: 'statement' } : fault.kind === 'delay-statement' ? { delayMs: fault.ms } : {};
  }

  /** Whether the fault waits for this very sound or statement. */
  #isNow(step: Step): boolean {
    const passed = (this.#passed.get(step) ?? 0) + 1;
    this.#passed.set(step, passed);
    const { at } = this.#trial.fault;
    return this.#strike === undefined && at.step === step && at.nth === passed;
  }

  #strikes(): void {
    this.#strike ??= this.#do(this.#trial.fault);
  }

  /** Makes the fault, from its start to its repair. Its first step is taken before this returns. */
  async #do(fault: Fault): Promise<void> {
    if (fault.kind === 'kill-application') return this.#replaceApplication(fault.ms);
    if (fault.kind === 'lose-machine') return this.#loseMachine();
    if (fault.kind === 'lose-both')
      return void (await Promise.all([
        this.#proxy.refuse(fault.ms + 1000),
        pause(fault.ms / 2).then(() => this.#replaceApplication(fault.ms)),
      ]));
    return strikeLane(fault, {
      database: this.#database,
      registry: this.#registry,
      proxy: this.#proxy,
      application: this.#machine.application,
      journal: this.#journals[0]!,
    });
  }

  /** Kills the application and starts its successor, which finds the calls whose callers have not left. */
  async #replaceApplication(afterMs = 0): Promise<void> {
    const open = this.#killApplication();
    if (this.#trial.caller.leavesWithApplication)
      for (const line of open) [line.isUp, line.hasLeft] = [false, true];
    await pause(afterMs);
    await this.#until(() => this.#proxy.held === 0);
    await this.#startMachine();
    const { application } = this.#machine;
    const recovered = application.does('recover');
    for (const { isUp, channelId, phone } of open)
      if (isUp) application.order({ order: 'interrupted', channelId, phone, codes: [], furtherReadings: 0 });
    await recovered;
    for (const line of open) if (!line.isUp) line.isOver = true;
  }

  /** The machine and the lines that end there are gone for the rest of the trial. */
  #loseMachine(): void {
    for (const line of this.#killApplication())
      [line.isUp, line.isOver, line.hasLeft, line.isLost] = [false, true, true, true];
  }

  /** Returns the lines that it leaves. */
  #killApplication(): Line[] {
    this.#machine.application.signal('SIGKILL');
    this.#isDown = true;
    return this.#lines.filter(({ isOver, servedBy }) => !isOver && servedBy === this.#machine);
  }

  async #startMachine(): Promise<void> {
    await this.#machine.application.start();
    this.#isDown = false;
  }

  #hear(news: News): void {
    const line =
      'channelId' in news ? this.#lines.find(({ channelId }) => channelId === news.channelId) : undefined;
    if (line === undefined) return;
    if (news.news === 'gone') line.isUp = false;
    if (news.news === 'over') line.isOver = true;
    if (news.news === 'heard') line.heard.push(news.sound);
    // Steps of the line are those of the first call; steps of the database are those of either.
    if (line !== this.#lines[0]) return;
    if (news.news === 'heard') this.#hearSound(line);
    if (news.news === 'asks-who' && this.#isNow('who is calling')) this.#strikes();
    if (news.news === 'gone' && this.#isNow('hang-up')) this.#strikes();
  }

  #hearSound(line: Line): void {
    const step = stepOfSound(line.heard, passwordLength);
    if (step !== null && this.#isNow(step)) this.#strikes();
    const { hangsUp, secondCall } = this.#trial.caller;
    if (secondCall?.atSound === line.heard.length && this.#lines.length === 1)
      this.#call(
        { phone: line.phone, code: line.codes.at(-1)! },
        secondCall.onOtherMachine ? this.#other : this.#machine,
      );
    if (hangsUp === null) return;
    const hasCome =
      'at' in hangsUp
        ? hangsUp.at === step
        : this.#strike !== undefined && this.#soundsSinceFault++ === hangsUp.soundsAfterFault;
    if (!hasCome) return;
    line.hasLeft = true;
    line.servedBy.application.order({ order: 'hang-up', channelId: line.channelId });
  }
}

function seenOf({ channelId, servedBy, heard, hasLeft, isLost }: Line): CallSeen {
  return {
    callId: callIdOf({ id: channelId }, servedBy.node),
    heard,
    // The journal goes with its machine: what the database had not heard of by then is not on record.
    hasReached: isLost ? heard.includes('hotline/enter-code-10') : heard.length > 0,
    hasStayed: !hasLeft,
  };
}
