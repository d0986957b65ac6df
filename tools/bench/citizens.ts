/** The people who call: each has an account and calls once, so that no limit is met and no row is shared. */
import { randomInt } from 'node:crypto';
import { hashPassword } from '../../src/accounts/password-hash.ts';
import { registryDatabase } from '../../tests/support/machine/citizens.ts';
import { script, type PlannedCall } from './script.ts';
import { systems, type System } from './systems.ts';

export interface BenchCitizen {
  /** In national form: `0912345678`. */
  readonly phone: string;
  readonly code: string;
}

const spaceOfPhones = 10_000_000;

export class BenchCitizens {
  #next = randomInt(spaceOfPhones);
  readonly #oldHash: Promise<string>;

  /** @param oldHash of the password that every account begins with */
  constructor(oldHash = hashPassword('00000000')) {
    this.#oldHash = oldHash;
  }

  get oldHash(): Promise<string> {
    return this.#oldHash;
  }

  /**
   * A call at each of these moments (ms after the start of the turn), each of somebody new.
   *
   * @param hangUpAtMs after the answer
   */
  async plan(
    system: System,
    arrivals: readonly number[],
    hangUpAtMs: () => number = () => script.hangUpAtMs,
  ): Promise<PlannedCall[]> {
    const people = await this.add(arrivals.length);
    const { dial } = systems[system];
    return arrivals.map((startsAtMs, index) => ({
      ...people[index]!,
      ...{ dial, startsAtMs, hangUpAtMs: hangUpAtMs() },
    }));
  }

  async add(count: number): Promise<BenchCitizen[]> {
    const citizens = Array.from({ length: count }, () => {
      const number = String(this.#next++ % spaceOfPhones).padStart(7, '0');
      return { phone: `091${number}`, code: `050${number}` };
    });
    const hash = await this.#oldHash;
    const rows = citizens.map(({ phone, code }) => [code, `+84${phone.slice(1)}`, hash]);
    const columns = 'bhxh_code, phone, password_hash, created_at, updated_at';
    const places = rows.map(() => '(?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))').join(', ');
    await registryDatabase().query(`INSERT INTO accounts (${columns}) VALUES ${places}`, rows.flat());
    return citizens;
  }
}
