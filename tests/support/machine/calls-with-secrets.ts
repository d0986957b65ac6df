/**
 * Calls for the search for leaks: each with a code and a number that are nobody else's, and with all
 * that was keyed and heard remembered.
 */
import { join } from 'node:path';
import { AnsweringPhones, type RingingPhone } from './answering-phones.ts';
import type { ScriptedCall } from '../../../src/sip-caller/scripted-call.ts';
import { newCitizen, type Citizen } from './citizens.ts';
import { callFrom, enterCode } from './phone-call.ts';

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

export class CallsWithSecrets {
  readonly #calls: ScriptedCall[] = [];
  readonly #codes = new Set<string>();
  readonly #citizens: Citizen[] = [];
  readonly #phones: AnsweringPhones;

  private constructor(phones: AnsweringPhones) {
    this.#phones = phones;
  }

  static async open(): Promise<CallsWithSecrets> {
    return new CallsWithSecrets(
      await AnsweringPhones.open('127.0.0.4:5060', join(import.meta.dirname, '../../../sounds/vi')),
    );
  }

  close(): void {
    this.#phones.close();
  }

  /** Of all calls so far. */
  get secrets(): Secrets {
    return {
      codes: [...this.#codes],
      phones: this.#citizens.map(({ phone }) => phone.slice(1)),
      passwords: [
        ...new Set(this.#calls.flatMap((call) => call.digitsHeard()).filter((digits) => digits.length === 8)),
      ],
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
  async entered(
    citizen: Citizen,
    options: Parameters<typeof callFrom>[1] = {},
    code = citizen.code,
  ): Promise<ScriptedCall> {
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
  async candidates(citizen: Citizen, code: string): Promise<ScriptedCall> {
    const call = await this.entered(citizen, {}, code);
    for (let entry = 2; entry <= 3; entry++) {
      await call.hears('hotline/enter-again');
      await call.keys(code);
    }
    await call.hears('hotline/offer-operator');
    return call;
  }
}
