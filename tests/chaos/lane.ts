/** One application with a schema of its own behind a proxy of its own: runs trials one after the other. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { callIdOf } from '../../src/hotline/call-id.ts';
import { migrate } from '../../src/mysql/migrate.ts';
import type { News, Order } from './application.ts';
import type { ChaosDatabase } from './chaos-database.ts';
import { violations, type CallSeen, type Violation } from './checker.ts';
import { DatabaseProxy, type Fate } from './database-proxy.ts';
import { Registry } from './registry-seen.ts';
import type { Fault, Trial } from './trial.ts';

export interface Verdict {
  readonly violations: readonly Violation[];
  /** Whether the fault met the call; a call may be over before. */
  readonly struck: boolean;
  readonly calls: readonly CallSeen[];
}

/** One call of a trial, as its caller and the PBX know it. */
interface Line {
  readonly channelId: string;
  /** As the line shows it. */
  readonly phone: string;
  readonly codes: readonly string[];
  readonly heard: string[];
  isUp: boolean;
  isOver: boolean;
  /** It ended while no application was there, and none had stored that it had come. */
  leftUnseen: boolean;
}

const patienceMs = 30_000;

export class Lane {
  readonly #database: ChaosDatabase;
  readonly #registry: Registry;
  readonly #proxy: DatabaseProxy;
  readonly #url: string;
  readonly #resetsApartMs: number;
  #application: ChildProcess | undefined;
  #lines: Line[] = [];
  #trial: Trial | undefined;
  #strike: Promise<void> | undefined;
  #news = Promise.withResolvers<void>();
  #answers: News['news'][] = [];

  private constructor(database: ChaosDatabase, registry: Registry, proxy: DatabaseProxy, url: string, resetsApartMs: number) {
    this.#database = database;
    this.#registry = registry;
    this.#proxy = proxy;
    this.#url = url;
    this.#resetsApartMs = resetsApartMs;
  }

  /** @param resetsApartMs 0: two calls for one account may both change it */
  static async open(database: ChaosDatabase, schema: string, resetsApartMs: number): Promise<Lane> {
    await migrate(database.url(schema, 'owner'), { applicationUrl: database.url(schema, 'application') });
    const proxy = await DatabaseProxy.start(database.port);
    const lane = new Lane(database, new Registry(database.url(schema, 'owner')), proxy, database.url(schema, 'application', proxy.port), resetsApartMs);
    await lane.#start();
    await lane.run({
      seed: '',
      fault: { kind: 'none' },
      caller: { keys: 'right', hangsUpAtSound: null, leavesWithApplication: false, secondCallAtSound: null },
    });
    return lane;
  }

  async run(trial: Trial): Promise<Verdict> {
    const citizen = await this.#registry.newCitizen();
    this.#lines = [];
    this.#strike = undefined;
    this.#trial = trial;
    this.#proxy.restart();
    this.#proxy.onPacket = (statement, commit) => this.#fate(trial.fault, statement, commit);
    this.#call(citizen);
    const ended = await this.#until(() => this.#lines.every(({ isOver }) => isOver) && this.#lines.length > 0);
    const struck = this.#strike !== undefined;
    if (!struck && 'ms' in trial.fault) this.#strikes(); // the call was over before: what it left must survive too
    await Promise.resolve(this.#strike);
    this.#proxy.onPacket = () => ({});
    const recovered = ended && (await this.#asks('ping'));
    const calls = this.#lines.map(({ channelId, heard, leftUnseen }) => ({ callId: callIdOf({ id: channelId }), heard, couldBeRecorded: !leftUnseen }));
    if (!ended || !recovered) {
      await this.#replaceApplication();
      return { violations: [{ invariant: 'recovery', what: ended ? 'the database is not found again' : 'a call does not end' }], struck, calls };
    }
    await this.#until(() => this.#proxy.held === 0);
    return { violations: await this.#check(calls, citizen.accountId), struck, calls };
  }

  async close(): Promise<void> {
    this.#application?.kill('SIGKILL');
    await this.#registry.end();
    await this.#proxy.stop();
  }

  /** A transaction whose application is gone takes the server a moment to roll back. */
  async #check(calls: readonly CallSeen[], accountId: number): Promise<Violation[]> {
    for (let attempt = 1; ; attempt++) {
      const found = violations(calls, await this.#registry.seen(accountId, calls), 8);
      if (found.length === 0 || attempt === 30) return found;
      await pause(200);
    }
  }

  #call({ phone, code }: { phone: string; code: string }): void {
    const wrong = code.replace(/.$/, (digit) => String((Number(digit) + 1) % 10));
    const codes = { right: [code], 'wrong-then-right': [wrong, code], wrong: [wrong, wrong, wrong] }[this.#trial!.caller.keys];
    const line: Line = { channelId: `chaos-${Date.now()}.${randomInt(1e9)}`, phone, codes, heard: [], isUp: true, isOver: false, leftUnseen: false };
    this.#lines.push(line);
    this.#order({ order: 'call', channelId: line.channelId, phone, codes });
  }

  #fate(fault: Fault, statement: number, commit: number): Fate {
    if (this.#strike !== undefined || fault.kind === 'none' || 'sound' in fault.at) return {};
    const isNow = 'commit' in fault.at ? fault.at.commit === commit : fault.at.statement === statement;
    if (!isNow) return {};
    if (!('side' in fault.at)) return this.#linkFate(fault);
    if (fault.at.side === 'after') return { answered: () => void this.#strikes() };
    this.#strikes();
    return fault.kind === 'kill-application' ? { lose: 'statement' } : {};
  }

  #linkFate(fault: Fault): Fate {
    this.#strikes();
    if (fault.kind === 'lose-statement') return { lose: 'statement' };
    if (fault.kind === 'lose-answer') return { lose: 'answer' };
    return fault.kind === 'delay-statement' ? { delayMs: fault.ms } : {};
  }

  #strikes(): void {
    this.#strike ??= this.#do(this.#trial!.fault);
  }

  /** The fault from its beginning to its repair. Its first step is taken before this returns. */
  async #do(fault: Fault): Promise<void> {
    switch (fault.kind) {
      case 'refuse-connections':
        return this.#proxy.refuse(fault.ms);
      case 'silent-network':
        return this.#proxy.beSilent(fault.ms);
      case 'kill-application':
        return this.#replaceApplication(fault.ms);
      case 'stop-application':
        this.#application!.kill('SIGSTOP');
        await pause(fault.ms);
        return void this.#application!.kill('SIGCONT');
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
      case 'jump-clock':
        return this.#order({ order: 'jump-clock', byMs: fault.byMs });
      case 'none':
      case 'lose-statement':
      case 'lose-answer':
      case 'delay-statement':
        return;
    }
  }

  async #replaceApplication(afterMs = 0): Promise<void> {
    this.#application!.removeAllListeners().kill('SIGKILL');
    for (const line of this.#lines.filter(({ isOver }) => !isOver)) {
      if (this.#trial?.caller.leavesWithApplication) line.isUp = false;
    }
    await pause(afterMs);
    await this.#until(() => this.#proxy.held === 0);
    for (const line of this.#lines.filter(({ isOver, isUp }) => !isOver && !isUp)) {
      line.leftUnseen = !(await this.#registry.knows(callIdOf({ id: line.channelId })));
    }
    await this.#start();
    await this.#asks('recover');
    for (const line of this.#lines.filter(({ isOver }) => !isOver)) {
      if (line.isUp) this.#order({ order: 'orphan', channelId: line.channelId, phone: line.phone, codes: [] });
      else line.isOver = true;
    }
    this.#tell();
  }

  async #start(): Promise<void> {
    const application = spawn(process.execPath, [join(import.meta.dirname, 'application.ts'), this.#url, String(this.#resetsApartMs)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#application = application;
    application.stdin.on('error', () => undefined); // killed
    createInterface({ input: application.stdout }).on('line', (line) => {
      if (this.#application === application) this.#hear(JSON.parse(line) as News);
    });
    await Promise.race([this.#until(() => this.#answers.includes('ready')), once(application, 'exit')]);
    this.#answers = [];
  }

  #hear(news: News): void {
    if (!('channelId' in news)) this.#answers.push(news.news);
    const line = 'channelId' in news ? this.#lines.find(({ channelId }) => channelId === news.channelId) : undefined;
    if (line && news.news === 'gone') line.isUp = false;
    if (line && news.news === 'over') line.isOver = true;
    if (line && news.news === 'heard') this.#hearSound(line, news.sound);
    this.#tell();
  }

  #hearSound(line: Line, sound: string): void {
    line.heard.push(sound);
    const [first] = this.#lines;
    const count = line.heard.length;
    const { caller, fault } = this.#trial!;
    if (line !== first) return;
    if (caller.hangsUpAtSound === count) this.#order({ order: 'hang-up', channelId: line.channelId });
    if (caller.secondCallAtSound === count && this.#lines.length === 1) this.#call({ phone: line.phone, code: line.codes.at(-1)! });
    if ('at' in fault && 'sound' in fault.at && fault.at.sound === count) this.#strikes();
  }

  async #asks(order: 'recover' | 'ping'): Promise<boolean> {
    this.#answers = [];
    this.#order({ order });
    return this.#until(() => this.#answers.includes('recovered'));
  }

  #order(order: Order): void {
    this.#application!.stdin!.write(`${JSON.stringify(order)}\n`);
  }

  #tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }

  /** Whether it came true in time. */
  async #until(condition: () => boolean): Promise<boolean> {
    const deadline = Date.now() + patienceMs;
    while (!condition()) {
      if (Date.now() > deadline) return false;
      await Promise.race([this.#news.promise, pause(50)]);
    }
    return true;
  }
}
