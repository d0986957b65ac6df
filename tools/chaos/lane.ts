/** One application, with a schema and a proxy of its own, that runs trials one after the other. */
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
  readonly heard: string[];
  isUp: boolean;
  isOver: boolean;
  /** The caller has hung up. */
  hasLeft: boolean;
}

const passwordLength = 8;

/** The call that shows after a fault that the service works again. */
const goodCall: Trial = {
  seed: '',
  fault: { kind: 'none', at: { step: 'hang-up', nth: 1, side: 'before' } },
  caller: { keys: 'right', hangsUp: null, leavesWithApplication: false, secondCallAtSound: null },
};

/**
 * The database's deadline is short here and the machine may be busy, so a single good call may meet
 * a fault of its own.
 */
const goodCalls = 3;

export class Lane {
  readonly #database: ChaosDatabase;
  readonly #registry: Registry;
  readonly #proxy: DatabaseProxy;
  readonly #journal = mkdtempSync(join(tmpdir(), 'hotline-journal-'));
  readonly #application: ApplicationProcess;
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
    this.#application = new ApplicationProcess([...options, this.#journal], (news) => this.#hear(news));
  }

  /** @param resetsApartMs with 0, two calls for one account may both change it */
  static async open(database: ChaosDatabase, schema: string, resetsApartMs: number): Promise<Lane> {
    const [owner, application] = [database.url(schema, 'owner'), database.url(schema, 'application')];
    await migrate(owner, { applicationUrl: application });
    const proxy = await DatabaseProxy.start(application);
    const lane = new Lane(database, new Registry(owner), proxy, [proxy.url, String(resetsApartMs)]);
    await lane.#application.start();
    await lane.#attempt(goodCall);
    return lane;
  }

  /**
   * Runs a trial and good calls after it. No call may break a promise, and one of the three good
   * calls must be served.
   */
  async run(trial: Trial): Promise<Verdict> {
    const { violations, ...verdict } = await this.#attempt(trial);
    const found = [...violations];
    let isServed = false;
    for (let calls = 0; calls < goodCalls && !isServed; calls++) {
      const after = await this.#attempt(goodCall);
      found.push(...after.violations);
      isServed = after.calls.every(({ heard }) => heard.includes('hotline/changed'));
    }
    this.#proxy.clockShiftMs = 0;
    if (!isServed)
      found.push({
        invariant: 'recovery',
        what: `none of ${goodCalls} good calls afterwards gets its password`,
      });
    return { ...verdict, violations: found };
  }

  async close(): Promise<void> {
    this.#application.signal('SIGKILL');
    await this.#registry.end();
    await this.#proxy.stop();
    rmSync(this.#journal, { recursive: true });
  }

  async #attempt(trial: Trial): Promise<Verdict> {
    const citizen = await this.#registry.newCitizen();
    [this.#trial, this.#lines, this.#strike, this.#soundsSinceFault] = [trial, [], undefined, 0];
    this.#passed.clear();
    this.#proxy.onStatement = (statement) => this.#fate(trial.fault, statement);
    this.#call(citizen);
    const ended = await this.#application.until(() => this.#lines.every(({ isOver }) => isOver));
    const struck = this.#strike !== undefined;
    if (!struck && 'ms' in trial.fault) this.#strikes(); // the call ended before its step: what it stored must survive too
    await Promise.resolve(this.#strike);
    this.#proxy.restart();
    const recovered = ended && (await this.#application.does('ping'));
    const calls = this.#lines.map(seenOf);
    if (!ended || !recovered) {
      await this.#replaceApplication();
      return {
        violations: [
          {
            invariant: 'recovery',
            what: ended ? 'the application does not find the database again' : 'a call does not end',
          },
        ],
        struck,
        calls,
      };
    }
    await this.#application.until(() => this.#proxy.held === 0);
    return { violations: await this.#check(calls, citizen.accountId), struck, calls };
  }

  /**
   * Checks until nothing is wrong, for a while: a server takes a moment to roll back a dead
   * application's transaction.
   */
  async #check(calls: readonly CallSeen[], accountId: number): Promise<Violation[]> {
    for (let attempt = 1; ; attempt++) {
      const found = violations(calls, await this.#registry.seen(accountId, calls), passwordLength);
      if (found.length === 0 || attempt === 30) return found;
      await pause(200);
    }
  }

  #call({ phone, code }: { phone: string; code: string }): void {
    const wrong = code.replace(/.$/, (digit) => String((Number(digit) + 1) % 10));
    const codes = { right: [code], 'wrong-then-right': [wrong, code], wrong: [wrong, wrong, wrong] }[
      this.#trial.caller.keys
    ];
    const line: Line = {
      channelId: `chaos-${Date.now()}.${randomInt(1e9)}`,
      phone,
      codes,
      heard: [],
      isUp: true,
      isOver: false,
      hasLeft: false,
    };
    this.#lines.push(line);
    this.#application.order({ order: 'call', channelId: line.channelId, phone, codes });
  }

  #fate(fault: Fault, { step }: Statement): Fate {
    if (step === null || !this.#isNow(step)) return {};
    if (fault.at.side === 'after' && !fault.kind.endsWith('statement') && fault.kind !== 'lose-answer')
      return { answered: () => this.#strikes() };
    this.#strikes();
    if (fault.kind === 'lose-answer') return { lose: 'answer' };
    if (fault.kind === 'lose-statement' || fault.kind === 'kill-application') return { lose: 'statement' };
    return fault.kind === 'delay-statement' ? { delayMs: fault.ms } : {};
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
    switch (fault.kind) {
      case 'refuse-connections':
        return this.#proxy.refuse(fault.ms);
      case 'silent-network':
        return this.#proxy.beSilent(fault.ms);
      case 'kill-application':
        return this.#replaceApplication(fault.ms);
      case 'lose-both':
        return void (await Promise.all([
          this.#proxy.refuse(fault.ms + 1000),
          pause(fault.ms / 2).then(() => this.#replaceApplication(fault.ms)),
        ]));
      case 'stop-application':
        this.#application.signal('SIGSTOP');
        await pause(fault.ms);
        return this.#application.signal('SIGCONT');
      case 'kill-database':
        await this.#database.kill();
        await pause(fault.ms);
        return this.#database.startAgain();
      case 'stop-database':
        this.#database.signal('SIGSTOP');
        await pause(fault.ms);
        return this.#database.signal('SIGCONT');
      case 'fill-disk':
        this.#database.fillDisk();
        await pause(fault.ms);
        return this.#database.freeDisk();
      case 'jump-application-clock':
        return this.#application.order({ order: 'jump-clock', byMs: fault.byMs });
      case 'jump-database-clock':
        this.#proxy.clockShiftMs = fault.byMs;
        return;
      case 'none':
      case 'lose-statement':
      case 'lose-answer':
      case 'delay-statement':
        return;
    }
  }

  /** Kills the application and starts its successor, which finds the calls whose callers have not left. */
  async #replaceApplication(afterMs = 0): Promise<void> {
    this.#application.signal('SIGKILL');
    const open = this.#lines.filter(({ isOver }) => !isOver);
    if (this.#trial.caller.leavesWithApplication)
      for (const line of open) [line.isUp, line.hasLeft] = [false, true];
    await pause(afterMs);
    await this.#application.until(() => this.#proxy.held === 0);
    await this.#application.start();
    const recovered = this.#application.does('recover');
    for (const { isUp, channelId, phone } of open)
      if (isUp) this.#application.order({ order: 'interrupted', channelId, phone, codes: [] });
    await recovered;
    for (const line of open) if (!line.isUp) line.isOver = true;
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
    const { hangsUp, secondCallAtSound } = this.#trial.caller;
    if (secondCallAtSound === line.heard.length && this.#lines.length === 1)
      this.#call({ phone: line.phone, code: line.codes.at(-1)! });
    if (hangsUp === null) return;
    const hasCome =
      'at' in hangsUp
        ? hangsUp.at === step
        : this.#strike !== undefined && this.#soundsSinceFault++ === hangsUp.soundsAfterFault;
    if (!hasCome) return;
    line.hasLeft = true;
    this.#application.order({ order: 'hang-up', channelId: line.channelId });
  }
}

function seenOf({ channelId, heard, hasLeft }: Line): CallSeen {
  return {
    callId: callIdOf({ id: channelId }, 'chaos'),
    heard,
    hasReached: heard.length > 0,
    hasStayed: !hasLeft,
  };
}
