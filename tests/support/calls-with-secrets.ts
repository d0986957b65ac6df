/**
 * Calls by every way through branch 8, for the search for leaks: each with a code and a number that
 * are nobody else's, and with all that was keyed and heard remembered.
 */
import { join } from 'node:path';
import { AnsweringPhones, type RingingPhone } from '../../src/caller/answering-phones.ts';
import type { ScriptedCall } from '../../src/caller/scripted-call.ts';
import { newCitizen, type Citizen } from './citizens.ts';
import { hotlineEnvironment, kill, processOf, until, whenHealthy } from './hotline-under-test.ts';
import { auditOf, callFrom, enterCode } from './phone-call.ts';

/** What is to be found nowhere. */
export interface Secrets {
  /** Everybody's, and whatever else was keyed as one: wrong codes, and those that are too short. */
  readonly codes: readonly string[];
  /** Without the leading 0, so that they are found in national and in international form. */
  readonly phones: readonly string[];
  /** Those heard whole. */
  readonly passwords: readonly string[];
}

/** A caller whom the carrier asserts while From contradicts it: with the right code, called back. */
const doubtful = (phone: string) => ({ identity: { from: '0911000000', pai: phone } });
const otherCode = (code: string) => code.replace(/.$/, (digit) => String((Number(digit) + 1) % 10));

export class CallsWithSecrets {
  readonly #calls: ScriptedCall[] = [];
  readonly #codes = new Set<string>();
  readonly #citizens: Citizen[] = [];
  readonly #phones: AnsweringPhones;

  private constructor(phones: AnsweringPhones) {
    this.#phones = phones;
  }

  static async open(): Promise<CallsWithSecrets> {
    return new CallsWithSecrets(await AnsweringPhones.open('127.0.0.4:5060', join(import.meta.dirname, '../../sounds/vi')));
  }

  close(): void {
    this.#phones.close();
  }

  /** Of all calls so far. */
  get secrets(): Secrets {
    return {
      codes: [...this.#codes],
      phones: this.#citizens.map(({ phone }) => phone.slice(1)),
      passwords: [...new Set(this.#calls.flatMap((call) => call.digitsHeard()).filter((digits) => digits.length === 8))],
    };
  }

  /** A citizen whose number and code are looked for. */
  async citizen(): Promise<Citizen> {
    const citizen = await newCitizen();
    this.#citizens.push(citizen);
    this.#codes.add(citizen.code);
    return citizen;
  }

  /** A call that is remembered. */
  async call({ phone }: Citizen, options: Parameters<typeof callFrom>[1] = {}): Promise<ScriptedCall> {
    const call = await callFrom(phone, options);
    this.#calls.push(call);
    return call;
  }

  /** The same, with the code keyed. */
  async entered(citizen: Citizen, options: Parameters<typeof callFrom>[1] = {}, code = citizen.code): Promise<ScriptedCall> {
    const call = await this.call(citizen, options);
    this.#codes.add(code.replace('#', ''));
    await enterCode(call, code);
    return call;
  }

  /** Told to hang up and answer; then the phone that rings. @param promised absent: a caller whose number is doubtful */
  async rung(citizen: Citizen, promised?: ScriptedCall): Promise<RingingPhone> {
    const call = promised ?? (await this.entered(citizen, doubtful(citizen.phone)));
    await call.heardToEnd('hotline/call-back-promise');
    return this.#phones.rings(`+84${citizen.phone.slice(1)}`);
  }

  /** As {@link rung}, and answered. */
  async answered(citizen: Citizen, promised?: ScriptedCall): Promise<ScriptedCall> {
    const call = await (await this.rung(citizen, promised)).answer();
    this.#calls.push(call);
    await call.hears('hotline/call-back-request');
    return call;
  }

  /** Three codes that do not match, to the offer of the operator. */
  async guesses(citizen: Citizen, code: string): Promise<ScriptedCall> {
    const call = await this.entered(citizen, {}, code);
    for (let entry = 2; entry <= 3; entry++) {
      await call.hears('hotline/enter-again');
      await call.keys(code);
    }
    await call.hears('hotline/offer-operator');
    return call;
  }
}

/** Ways that may be gone side by side. */
export const waysThrough: Readonly<Record<string, (calls: CallsWithSecrets) => Promise<void>>> = {
  'the password heard twice, and a second one asked for too soon': async (calls) => {
    const citizen = await calls.citizen();
    await (await calls.entered(citizen)).heardToEnd('hotline/goodbye');
    const tooSoon = await calls.entered(citizen);
    await tooSoon.hears('hotline/try-later');
    await tooSoon.hangUp();
  },
  'hung up during the first reading': async (calls) => {
    const call = await calls.entered(await calls.citizen());
    await call.hears(/^digits/);
    await call.hangUp();
  },
  'everything keyed ahead, and hung up during the second reading': async (calls) => {
    const citizen = await calls.citizen();
    const call = await calls.call(citizen);
    await call.hears('hotline/menu');
    await call.keys(`8${citizen.code}`);
    await call.hears('hotline/changed');
    await call.hears(/^digits/);
    await call.hangUp();
  },
  'three codes that do not match, and the operator at the offer': async (calls) => {
    const citizen = await calls.citizen();
    const call = await calls.guesses(citizen, otherCode(citizen.code));
    await call.keys('0');
    await call.hears('hotline/operator-closed');
    await call.hangUp();
  },
  'a phone over its limit': async (calls) => {
    const citizen = await calls.citizen();
    for (let time = 1; time <= 2; time++) await (await calls.guesses(citizen, otherCode(citizen.code))).hangUp();
    await auditOf(citizen.phone, 2);
    const call = await calls.call(citizen);
    await call.hears('hotline/menu');
    await call.keys(`8${citizen.code}`);
    await call.hears('hotline/try-later');
    await call.hangUp();
  },
  'the operator at the code': async (calls) => {
    const call = await calls.call(await calls.citizen());
    await call.hears('hotline/menu');
    await call.keys('8');
    await call.hears('hotline/enter-code-10');
    await call.keys('0#');
    await call.hears('hotline/operator-closed');
    await call.hangUp();
  },
  'three silences': async (calls) => {
    const call = await calls.call(await calls.citizen());
    await call.hears('hotline/menu');
    await call.keys('8');
    await call.heardToEnd('hotline/too-many-silences');
    await call.ended;
  },
  'three codes that are too short': async (calls) => {
    const citizen = await calls.citizen();
    const call = await calls.entered(citizen, {}, `${citizen.code.slice(0, 9)}#`);
    for (let entry = 2; entry <= 3; entry++) {
      await call.hears('hotline/enter-again');
      await call.keys(`${citizen.code.slice(0, 9)}#`);
    }
    await call.heardToEnd('hotline/goodbye');
  },
  'a number that is not asserted': async (calls) => {
    const citizen = await calls.citizen();
    const call = await calls.call(citizen, { identity: { from: citizen.phone, pai: null } });
    await call.hears('hotline/menu');
    await call.keys(`8${citizen.code}`);
    await call.hears('hotline/no-identity');
    await call.heardToEnd('hotline/goodbye');
  },
  'a softphone': async (calls) => {
    const citizen = await calls.citizen();
    const credentials = { username: '6002', password: hotlineEnvironment()['SOFTPHONE_PASSWORD']! };
    const call = await calls.entered(citizen, { localAddress: '127.0.0.1', identity: { from: '6002' }, credentials }, otherCode(citizen.code));
    await call.hears('hotline/mismatch');
    await call.hangUp();
  },
  'a code over its limit, and its owner called back': async (calls) => {
    const owner = await calls.citizen();
    await Promise.all(Array.from({ length: 4 }, async () => (await calls.guesses(await calls.citizen(), owner.code)).hangUp()));
    const answered = await calls.answered(owner, await calls.entered(owner));
    await answered.keys('1');
    await answered.hears('hotline/changed');
    await answered.hangUp();
  },
  'called back, to the end': async (calls) => {
    const answered = await calls.answered(await calls.citizen());
    await answered.keys('1');
    await answered.heardToEnd('hotline/goodbye');
  },
  'called back, and hung up during the first reading': async (calls) => {
    const answered = await calls.answered(await calls.citizen());
    await answered.keys('1');
    await answered.hears(/^digits/);
    await answered.hangUp();
  },
  'called back, and a voicemail answers': async (calls) => {
    await (
      await calls.answered(await calls.citizen())
    ).ended;
  },
  'called back, and the wrong key': async (calls) => {
    const answered = await calls.answered(await calls.citizen());
    await answered.keys('2');
    await answered.ended;
  },
  'called back, and busy': async (calls) => {
    const citizen = await calls.citizen();
    (await calls.rung(citizen)).leg.refuse(486);
    await auditOf(citizen.phone, 2);
  },
};

/** Ways with a fault, one after the other: each hits all calls there are. */
export const faults: Readonly<Record<string, (calls: CallsWithSecrets) => Promise<void>>> = {
  'the application killed during a first reading, a second one and a call-back': async (calls) => {
    const [first, second, calledBack] = await Promise.all([calls.citizen(), calls.citizen(), calls.citizen()]);
    const inCallBack = calls.answered(calledBack);
    const inSecond = await calls.entered(second);
    await inSecond.hears('hotline/password-intro');
    const [inFirst, answered] = await Promise.all([calls.entered(first), inCallBack]);
    await answered.keys('1');
    await Promise.all([inFirst.hears(/^digits/), inSecond.hears('hotline/changed'), answered.hears(/^digits/)]);
    await kill('application');
    await Promise.all([inFirst.heardToEnd('hotline/interrupted'), inSecond.heardToEnd('hotline/interrupted'), answered.ended]);
    await whenHealthy();
  },
  'the database frozen when the code is checked': async (calls) => {
    const citizen = await calls.citizen();
    const call = await calls.call(citizen);
    await call.hears('hotline/menu');
    await call.keys('8');
    await call.hears('hotline/enter-code-10');
    await whileFrozen(async () => {
      await call.keys(citizen.code);
      await call.hears('hotline/fault');
    });
    await call.hangUp();
    await auditOf(citizen.phone);
  },
  'the database frozen when the change is stored': async (calls) => {
    const citizen = await calls.citizen();
    const call = await calls.entered(citizen);
    for (let digit = 1; digit <= 8; digit++) await call.hears(/^digits/);
    await whileFrozen(() => call.hears('hotline/fault-unconfirmed'));
    await call.hangUp();
    await auditOf(citizen.phone);
  },
  'the database killed when the change is stored': async (calls) => {
    const citizen = await calls.citizen();
    const call = await calls.entered(citizen);
    for (let digit = 1; digit <= 8; digit++) await call.hears(/^digits/);
    await kill('database');
    await call.hears(/hotline\/(changed|fault|fault-unconfirmed)/);
    await call.hangUp();
    await auditOf(citizen.phone);
    await whenHealthy();
  },
  'a drain: one call is cut, another sent back': async (calls) => {
    const [running, late] = await Promise.all([calls.citizen(), calls.citizen()]);
    const [cut, sentBack] = [await calls.entered(running), await calls.call(late)];
    await Promise.all([cut.hears(/^digits/), sentBack.hears('hotline/menu')]);
    const application = processOf('application');
    process.kill(application, 'SIGTERM');
    await until(async () => ((await (await fetch('http://127.0.0.1:8080/status')).json()) as { draining: boolean }).draining);
    await sentBack.keys(`8${late.code}`);
    await Promise.all([cut.hears('hotline/interrupted'), sentBack.hears('hotline/operator-closed')]);
    await Promise.all([cut.hangUp(), sentBack.hangUp()]);
    await until(() => !isRunning(application));
    await whenHealthy();
  },
};

async function whileFrozen(act: () => Promise<unknown>): Promise<void> {
  const database = processOf('database');
  process.kill(database, 'SIGSTOP');
  try {
    await act();
  } finally {
    process.kill(database, 'SIGCONT');
  }
  await whenHealthy();
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
