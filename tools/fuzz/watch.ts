/** What must hold while the hotline is attacked, and after. */
import type { RowDataPacket } from 'mysql2/promise';
import { registryDatabase, type Citizen } from '../../tests/support/machine/citizens.ts';
import { processOf } from '../../tests/support/machine/hotline-under-test.ts';
import {
  kindsIn,
  logFiles,
  numbersIn,
  tablesAsText,
  writtenFiles,
  type WrittenFile,
} from '../../tests/support/machine/leak-search.ts';
import { pbxConsole } from '../../tests/support/machine/pbx-console.ts';
import { until } from '../../tests/support/until.ts';
import type { EventLoopStatus } from '../../src/application/event-loop-watch.ts';

/** Something that must not happen, and the message that did it where the evidence names one. */
export interface Violation {
  readonly what: string;
  readonly message?: number;
}

interface Status {
  readonly instanceId: string;
  readonly calls: number;
  readonly eventLoop: EventLoopStatus;
}

/** Longer than any call lasts without its caller: Asterisk gives up a silent line after 120 s (rtp_timeout). */
const lastCallMs = 150_000;

export async function readStatus(): Promise<Status> {
  return (await (await fetch('http://127.0.0.1:8080/status')).json()) as Status;
}

export class Watch {
  readonly #victims: readonly Citizen[];
  /** By the attacker's number, without its 0: the message that has it. */
  readonly #messages: ReadonlyMap<string, number>;
  readonly #processes = { pbx: processOf('pbx'), application: processOf('application') };
  readonly #accounts: string;
  #ownDelays: number;
  /** What was said already. */
  readonly #known = new Set<string>();

  private constructor(
    victims: readonly Citizen[],
    messages: ReadonlyMap<string, number>,
    accounts: string,
    ownDelays: number,
  ) {
    this.#victims = victims;
    this.#messages = messages;
    this.#accounts = accounts;
    this.#ownDelays = ownDelays;
  }

  static async begin(victims: readonly Citizen[], messages: ReadonlyMap<string, number>): Promise<Watch> {
    return new Watch(victims, messages, await accountsOf(victims), (await readStatus()).eventLoop.ownDelays);
  }

  /** What has gone wrong since the last look. */
  async look(): Promise<Violation[]> {
    const dead = this.#deaths();
    if (dead.length > 0) return dead;
    const found = [...(await this.#delays()), ...(await this.#resets()), ...this.#leaks(logFiles())];
    return found.filter(({ what }) => !this.#known.has(what) && this.#known.add(what));
  }

  /** Waits for the last call to end, then looks everywhere. */
  async lookAtTheEnd(): Promise<Violation[]> {
    const found = await this.look();
    if (this.#deaths().length > 0) return found;
    for (const [what, isOver] of Object.entries(traces))
      await until(isOver, lastCallMs).catch(() => found.push({ what: `${what} after the last call` }));
    const tables = Object.entries(await tablesAsText())
      .filter(([name]) => name !== 'accounts')
      .map(([name, text]): WrittenFile => ({ name: `table ${name}`, text }));
    const files = writtenFiles().filter(({ name }) => !name.startsWith('mysql/'));
    found.push(...(await this.look()), ...this.#leaks([...files, ...tables]));
    return found.filter(({ what }, index) => found.findIndex((other) => other.what === what) === index);
  }

  #deaths(): Violation[] {
    return Object.entries(this.#processes).flatMap(([service, pid]) => {
      try {
        if (processOf(service as 'pbx') === pid) return [];
      } catch {
        // not running at all
      }
      return [{ what: `the ${service} has died` }];
    });
  }

  async #delays(): Promise<Violation[]> {
    const { ownDelays, longestMs } = (await readStatus()).eventLoop;
    const more = ownDelays - this.#ownDelays;
    this.#ownDelays = ownDelays;
    return more > 0
      ? [
          {
            what: `the application held its event loop up for more than 50 ms, ${more} times; longest delay ${longestMs} ms`,
          },
        ]
      : [];
  }

  async #resets(): Promise<Violation[]> {
    return (await accountsOf(this.#victims)) === this.#accounts
      ? []
      : [{ what: 'the account of a citizen who did not call has changed' }];
  }

  #leaks(files: readonly WrittenFile[]): Violation[] {
    const secrets = {
      codes: this.#victims.map(({ code }) => code),
      phones: this.#victims.map(({ phone }) => phone.slice(1)),
      passwords: this.#victims.map(({ oldPassword }) => oldPassword),
    };
    const attackers = new Set(this.#messages.keys());
    return files.flatMap(({ name, text }): Violation[] => [
      ...kindsIn(text, secrets).map((kind) => ({ what: `${name} holds ${kind} of citizens` })),
      ...numbersIn(text, attackers, 9)
        .slice(0, 1)
        .map((number) => ({
          what: `${name} holds the number of a caller`,
          message: this.#messages.get(number)!,
        })),
    ]);
  }
}

/** What calls must not leave behind. */
const traces = {
  'a channel is left': async () => /^0 active channels/m.test(await pbxConsole('core show channels')),
  'the application counts a call': async () => (await readStatus()).calls === 0,
  'the registry has an open call': async () => {
    const [rows] = await registryDatabase().query<RowDataPacket[]>('SELECT 1 FROM calls LIMIT 1');
    return rows.length === 0;
  },
};

async function accountsOf(citizens: readonly Citizen[]): Promise<string> {
  const codes = citizens.map(({ code }) => code);
  const [accounts] = await registryDatabase().query<RowDataPacket[]>(
    "SELECT accounts.*, (SELECT COUNT(*) FROM resets WHERE account_id = accounts.id AND state = 'activated') AS resets FROM accounts WHERE bhxh_code IN (?) ORDER BY id",
    [codes],
  );
  return JSON.stringify(accounts);
}
