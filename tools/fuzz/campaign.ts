/**
 * The attack itself, inside the private network: several attackers at once, and beside them an honest
 * caller who must be served all along. Arguments: seed, first and last message.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  closeRegistryDatabase,
  logsIn,
  newCitizen,
  type Citizen,
} from '../../tests/support/machine/citizens.ts';
import {
  runStateDirectory,
  startHotline,
  stopHotline,
} from '../../tests/support/machine/hotline-under-test.ts';
import { callFrom } from '../../tests/support/machine/phone-call.ts';
import { attack, type Result } from './attacker.ts';
import type { Target } from './attack.ts';
import { readStatus, Watch, type Violation } from './watch.ts';

const [seed = '1', first = 1, last = 1] = [process.argv[2], ...process.argv.slice(3).map(Number)] as [
  string,
  number,
  number,
];
/** Attackers at once. More would delay the honest caller's keys in this process. */
const lanes = 8;
/** How the honest caller presses keys: not in a hurry. */
const keyTiming = { toneMs: 160, gapMs: 200 };
/** After how many messages the hotline is looked at. */
const batch = 100;
/** Citizens whose codes and numbers the attackers use. */
const victimCount = 20;

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** A number that no citizen has and no date looks like; each message has its own. */
const attackerNumber = (message: number) =>
  `098${String((message * 7919 + 1234567) % 10_000_000).padStart(7, '0')}`;

/** Calls, keys the code and logs in with the password heard. Throws if that does not work. */
async function honestCall(): Promise<void> {
  const citizen = await newCitizen();
  const call = await callFrom(citizen.phone);
  try {
    await call.hears('hotline/menu');
    await call.keys('8');
    await call.hears('hotline/enter-code-10');
    await call.keys(citizen.code, keyTiming);
    await call.hears('hotline/changed');
    if (!(await logsIn(citizen, call.digitsHeard()[0] ?? '')))
      throw new Error('the password heard does not log in');
  } finally {
    await call.hangUp();
  }
}

class Campaign {
  readonly #victims: readonly Citizen[];
  readonly #watch: Watch;
  readonly #results = new Map<number, Result>();
  readonly violations: Violation[] = [];
  #next = first;
  #looked = first;
  #honestCalls = 0;
  #repeatedCalls = 0;
  readonly #startedAt = Date.now();

  private constructor(victims: readonly Citizen[], watch: Watch) {
    this.#victims = victims;
    this.#watch = watch;
  }

  static async begin(): Promise<Campaign> {
    const victims = await Promise.all(Array.from({ length: victimCount }, () => newCitizen()));
    const messages = new Map(
      Array.from({ length: last - first + 1 }, (_, index) => [
        attackerNumber(first + index).slice(1),
        first + index,
      ]),
    );
    return new Campaign(victims, await Watch.begin(victims, messages));
  }

  async run(): Promise<void> {
    const attacks = Promise.all(
      Array.from({ length: Math.min(lanes, last - first + 1) }, () => this.#attackOn()),
    );
    const isOver = { yes: false };
    const honest = this.#callUntil(isOver);
    await attacks;
    isOver.yes = true;
    await honest;
    this.#note(await this.#watch.lookAtTheEnd(), this.#looked);
    if (this.#mayGoOn) await this.#callHonestly('after all messages');
  }

  get #mayGoOn(): boolean {
    return !this.violations.some(({ what }) => what.endsWith('has died'));
  }

  async #attackOn(): Promise<void> {
    while (this.#next <= last && this.#mayGoOn) {
      const number = this.#next++;
      this.#results.set(number, await attack(seed, number, this.#targetOf(number)));
      if (this.#results.size % batch === 0) await this.#lookNow();
    }
  }

  #targetOf(number: number): Target {
    const { code, phone } = this.#victims[number % this.#victims.length]!;
    return { attacker: attackerNumber(number), victim: phone, code };
  }

  async #lookNow(): Promise<void> {
    const since = this.#looked;
    this.#looked = this.#next;
    this.#note(await this.#watch.look(), since);
    const spent = (Date.now() - this.#startedAt) / 60_000;
    const [done, all] = [this.#results.size, last - first + 1];
    say(
      `${done} of ${all} messages, ${this.#count((status) => status === 200)} answered; ${spent.toFixed(1)} min, about ${((spent / done) * (all - done)).toFixed(1)} to go`,
    );
  }

  async #callUntil(isOver: { readonly yes: boolean }): Promise<void> {
    do await this.#callHonestly(`between messages ${this.#looked} and ${this.#next}`);
    while (!isOver.yes && this.#mayGoOn);
  }

  /** Calls a second time if need be, as people do: on a busy machine keys get lost in this process. */
  async #callHonestly(when: string): Promise<void> {
    try {
      await honestCall().catch(() => {
        this.#repeatedCalls++;
        return honestCall();
      });
      this.#honestCalls++;
    } catch (error) {
      const what = `an honest caller was not served ${when}: ${(error as Error).message}`;
      this.violations.push({ what });
      say(what);
    }
  }

  /** Keeps and names the messages that may have done it. */
  #note(violations: readonly Violation[], since: number): void {
    for (const violation of violations) {
      this.violations.push(violation);
      const [from, to] =
        violation.message === undefined ? [since, this.#next - 1] : [violation.message, violation.message];
      say(
        `${violation.what}\n  again: make fuzz SEED=${seed} MESSAGE=${from === to ? from : `${from}-${to}`}`,
      );
      for (let number = from; number <= to; number++) this.#keep(number);
    }
  }

  #keep(number: number): void {
    const result = this.#results.get(number);
    if (!result) return;
    const folder = join(runStateDirectory(), 'messages');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${number}.sip`), result.invite);
    say(
      `  message ${number} (${result.tried.join(', ') || 'identity only'}; answer ${result.status ?? 'none'})`,
    );
  }

  #count(which: (status: number | null) => boolean): number {
    return [...this.#results.values()].filter(({ status }) => which(status)).length;
  }

  async summary(): Promise<object> {
    const statuses = Map.groupBy(this.#results.values(), ({ status }) => String(status ?? 'none'));
    return {
      seed,
      messages: this.#results.size,
      answers: Object.fromEntries([...statuses].sort().map(([status, all]) => [status, all.length])),
      kinds: new Set([...this.#results.values()].flatMap(({ tried }) => tried)).size,
      honestCalls: this.#honestCalls,
      repeatedCalls: this.#repeatedCalls,
      ...(this.#mayGoOn && { eventLoop: (await readStatus()).eventLoop }),
      violations: this.violations.length,
    };
  }
}

const run = await startHotline();
try {
  const campaign = await Campaign.begin();
  await campaign.run();
  say(JSON.stringify(await campaign.summary()));
  process.exitCode = campaign.violations.length === 0 ? 0 : 1;
} finally {
  await closeRegistryDatabase();
  await stopHotline(run);
}
