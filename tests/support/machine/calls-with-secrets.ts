/**
 * Calls for the search for leaks. Each has a code and a number of its own, and everything keyed and
 * heard is remembered.
 */
import { join } from 'node:path';
import { AnsweringPhones, type RingingPhone } from './answering-phones.ts';
import type { ScriptedCall } from '../../../src/sip-caller/scripted-call.ts';
import { newCitizen, type Citizen } from './citizens.ts';
import { callFrom, enterCode } from './phone-call.ts';

/** What the search must not find. */
export interface Secrets {
  /** All codes of citizens, and all that were keyed: wrong and short ones too. */
  readonly codes: readonly string[];
  /** Without the leading 0, to be found in both national and international form. */
  readonly phones: readonly string[];
  /** The passwords heard completely. */
  readonly passwords: readonly string[];
}

/** A doubtful caller: From contradicts the number asserted by the carrier. With the right code, called back. */
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

  /** The secrets of all calls so far. */
  get secrets(): Secrets {
    return {
      codes: [...this.#codes],
      phones: this.#citizens.map(({ phone }) => phone.slice(1)),
      passwords: [
        ...new Set(this.#calls.flatMap((call) => call.digitsHeard()).filter((digits) => digits.length === 8)),
      ],
    };
  }

  /** Registers a citizen whose number and code will be searched for. */
  async citizen(): Promise<Citizen> {
    const citizen = await newCitizen();
    this.#citizens.push(citizen);
    this.#codes.add(citizen.code);
    return citizen;
  }

  /** Places a call and remembers it. */
  async call({ phone }: Citizen, options: Parameters<typeof callFrom>[1] = {}): Promise<ScriptedCall> {
    const call = await callFrom(phone, options);
    this.#calls.push(call);
    return call;
  }

  /** Places a call, remembers it and keys the code. */
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

  /**
   * Waits for the call-back promise and then for the registered phone to ring.
   *
   * @param promised the call that gets the promise; default: a new one by a doubtful caller
   */
  async rung(citizen: Citizen, promised?: ScriptedCall): Promise<RingingPhone> {
    const call = promised ?? (await this.entered(citizen, doubtful(citizen.phone)));
    await call.heardToEnd('hotline/call-back-promise');
    return this.#phones.rings(`+84${citizen.phone.slice(1)}`);
  }

  /** As {@link rung}, then answers the phone. */
  async answered(citizen: Citizen, promised?: ScriptedCall): Promise<ScriptedCall> {
    const call = await (await this.rung(citizen, promised)).answer();
    this.#calls.push(call);
    await call.hears('hotline/call-back-request');
    return call;
  }

  /** Guesses: keys a code that does not match three times, up to the offer of the operator. */
  async guess(citizen: Citizen, code: string): Promise<ScriptedCall> {
    const call = await this.entered(citizen, {}, code);
    for (let entry = 2; entry <= 3; entry++) {
      await call.hears('hotline/enter-again');
      await call.keys(code);
    }
    await call.hears('hotline/offer-operator');
    return call;
  }
}
