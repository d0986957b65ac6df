/**
 * Every way through branch 8, as the code goes it: calls against the fake channel and the registry
 * in memory, each told as what was heard and what led on. The pictures in the documents are drawn
 * from these, which is why they stand here, beside the fakes, and not in src/.
 *
 * In real time, since `make docs` runs without Jest: sounds and time-outs are short, and every
 * caller acts at a sound, so nothing depends on how short.
 */
import { createLogger } from 'winston';
import { CallLedger } from '../../src/records/call-ledger.ts';
import { shippedLimits, type Limits } from '../../src/accounts/limits.ts';
import type { Registry } from '../../tests/support/contracts/registry-steps.ts';
import { everySound } from '../../src/call/prompts.ts';
import { CallBackOrders } from '../../src/hotline/call-back/orders.ts';
import type { Hotline } from '../../src/hotline/context.ts';
import { takeCall } from '../../src/hotline/take-call.ts';
import { FakeCallBackLine, MemoryCallBacks } from '../../tests/support/fakes/fake-call-back-line.ts';
import { FakeChannel } from '../../tests/support/fakes/fake-channel.ts';
import { MemoryRegistry, type Fault } from '../../tests/support/fakes/memory-registry.ts';
import { TellingRegistry } from './telling-registry.ts';

/** Heard: the name of a prompt, or `reading`, a row of digits. Led: what came between two prompts. */
export type Step = { readonly heard: string } | { readonly led: string; readonly count: number };

/** A caller and a database, for one call. */
interface Scenario {
  /** Keyed at each question for the code, in turn; an empty text is silence. */
  readonly entries: readonly string[];
  /** Keyed when the operator is offered; absent: silence. */
  readonly atOffer?: '0';
  readonly withheld?: true;
  /** The method of the registry that fails from the first time on, for so many times; all times unless told. */
  readonly away?: readonly [method: keyof Registry, times?: number];
  /** How the registry's methods fail, each the next time it is asked. */
  readonly faults?: readonly (readonly [keyof Registry, Fault])[];
  /** The change takes longer than a caller is left without a word. */
  readonly slow?: true;
  /** Limits across calls that are other than the shipped ones. */
  readonly limits?: Partial<Limits>;
  /** The carrier asserts one number and the caller claims another. */
  readonly contradictory?: true;
}

const code = '0123456789';
const wrong = '9999999999';
const short = '123#';
const again = '12*';
/** Ms: a moment each, but for the silence that is cut when something else is said. */
const lengths: ReadonlyMap<string, number> = new Map(
  everySound().map((sound) => [sound, sound === 'hotline/silence' ? 60_000 : 1]),
);

/** Asked to wait, not because something is looked up but because it cannot be. */
const onHold = 'please-wait on hold';

/** What callers do while everything works. */
export const ordinary: readonly Scenario[] = [
  { entries: [code] },
  { entries: [wrong, wrong, wrong] },
  { entries: [wrong, wrong, wrong], atOffer: '0' },
  { entries: [short, short, short] },
  { entries: ['', '', ''] },
  { entries: ['', wrong, '', wrong, ''] },
  { entries: ['0#'] },
  { entries: [again, code] },
  { entries: [again, short, again, '', code] },
  { entries: [wrong, '0#'] },
  { entries: [wrong, '', code] },
  { entries: [short, wrong, code] },
  { entries: [wrong, short, code] },
  { entries: [], withheld: true },
  { entries: [], withheld: true, atOffer: '0' },
  { entries: [], limits: { callsPerPhone: 0 } },
  { entries: [wrong, wrong], limits: { mismatchesPerPhoneHour: 1 } },
  { entries: [code], limits: { resetsPerAccountDay: 0 } },
  { entries: [code], limits: { mismatchesPerCodeDay: 0 } },
  { entries: [wrong, wrong, wrong], limits: { mismatchesPerCodeDay: 0 } },
  { entries: [code], contradictory: true },
];

/** And what they hear when the database fails or is slow. */
export const faulty: readonly Scenario[] = [
  { entries: [], away: ['openCall'] },
  { entries: [''], away: ['openCall', 1] },
  { entries: [code], away: ['findAccount'] },
  { entries: [wrong, ''], away: ['findAccount', 1] },
  { entries: [code], away: ['prepareReset'] },
  { entries: [code], away: ['prepareReset', 1] },
  { entries: [code], faults: [['activateReset', 'before']] },
  { entries: [code], faults: [['activateReset', 'after-commit']] },
  { entries: [code], faults: [['activateReset', 'before']], away: ['voidReset'] },
  { entries: [code], slow: true },
  { entries: [code], slow: true, faults: [['activateReset', 'before']] },
];

/** Places the calls side by side. Takes a few seconds. */
export async function callPaths(scenarios: readonly Scenario[]): Promise<Step[][]> {
  return Promise.all(scenarios.map(callPath));
}

async function callPath(scenario: Scenario): Promise<Step[]> {
  const trace = new Trace(scenario);
  const registry = new MemoryRegistry({ limits: { ...shippedLimits, ...scenario.limits } });
  registry.addAccount({ bhxhCode: code, phone: '+84912345678', passwordHash: '' });
  const [method, times] = scenario.away ?? [];
  if (method !== undefined && times === undefined) registry.stayAway('before', method);
  for (let time = 0; time < (times ?? 0); time++) registry.failNext(method!, 'before');
  for (const [method, fault] of scenario.faults ?? []) registry.failNext(method, fault);
  const channel = new FakeChannel({ callerNumber: scenario.withheld ? '' : '0912345678', lengths });
  if (scenario.contradictory) channel.claims = { asserted: ['0912345678'], from: '0911000000' };
  channel.whenHeard(({ sound }) => trace.hears(sound, (keys) => channel.press(keys)));
  const answering = new TellingRegistry(registry, trace, {
    slow: scenario.slow,
    doubt: scenario.contradictory && ', doubtful number',
  });
  const ledger = new CallLedger({
    registry: answering,
    onFault: (error) => {
      throw error;
    },
  });
  const hotline: Hotline = {
    instanceId: 'docs',
    registry: answering,
    ledger,
    logger: createLogger({ silent: true }),
    hashKey: '0'.repeat(64),
    callBacks: new CallBackOrders({
      mode: 'risk',
      line: new FakeCallBackLine(lengths, 'no answer'),
      register: new MemoryCallBacks(registry),
      perNumberDay: 1,
      atOnce: 1,
      ringMs: 1,
      delayMs: 1,
    }),
    script: {
      timings: { firstDigitTimeoutMs: 40, interdigitTimeoutMs: 40 },
      codeLengths: [10],
      attemptsPerCall: 3,
      passwordLength: 8,
      passwordValidMinutes: 10,
      speechMs: () => 0,
    },
  };
  await takeCall(
    channel,
    hotline,
    scenario.withheld ? 'withheld' : scenario.contradictory ? 'pai-required' : 'asserted',
  );
  registry.stayAway(null);
  await ledger.written();
  const [row] = registry.audit;
  if (row?.outcome === 'fault' && scenario.faults === undefined && scenario.away === undefined)
    throw new Error(`a call of the pictures met a fault: ${row.reason}`);
  if (channel.exitedTo === 'operator') trace.steps.push({ heard: 'operator' });
  return trace.steps;
}

/** What happens in one call, in order; the caller of the scenario acts on it. */
export class Trace {
  readonly steps: Step[] = [{ heard: 'menu' }];
  readonly #scenario: Scenario;
  readonly #entries: string[];
  #entered = 0;
  #silences = 0;
  #wait: (() => void) | undefined;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#entries = [...scenario.entries];
    this.leads(scenario.withheld ? '8, no number that counts' : '8');
  }

  hears(sound: string, press: (keys: string) => void): void {
    const name = sound.replace('hotline/', '');
    if (name === 'pause' || name === 'silence') return;
    const last = this.steps.at(-1)!;
    const said = this.#nameOf(sound.startsWith('digits/') ? 'reading' : name);
    if (this.lastHeard === said && said === 'please-wait') return; // the machine was busy hashing: no other path
    if (this.lastHeard === said && /^please-wait /.test(said))
      return void this.steps.splice(this.steps.findLastIndex((step) => 'heard' in step) + 1);
    if (!('heard' in last && last.heard === said && said.startsWith('reading')))
      this.steps.push({ heard: said });
    if (name === 'please-wait') this.#wait?.();
    if (/^enter-/.test(name)) this.#answer(press);
    if (name === 'offer-operator') this.leads(this.#scenario.atOffer ?? 'silence');
    if (name === 'offer-operator' && this.#scenario.atOffer) press(this.#scenario.atOffer);
  }

  /** Resolves when the caller is next asked to wait. */
  async asksToWait(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wait = resolve));
  }

  /** What came between two prompts, with the number of silences or of entries so far. */
  leads(led: string): void {
    this.steps.push({ led, count: led === 'silence' ? this.#silences : this.#entered });
  }

  /** Whether the caller was last asked to wait because the database is away. */
  get isHolding(): boolean {
    return this.lastHeard === onHold;
  }

  get lastHeard(): string | undefined {
    return this.steps.findLast((step) => 'heard' in step)?.heard;
  }

  /** The same words mean something else after the first reading. */
  #nameOf(name: string): string {
    const heard = (what: string) => this.steps.some((step) => 'heard' in step && step.heard === what);
    if (name === 'please-wait' && heard('reading')) return 'please-wait again';
    const last = this.steps.at(-1);
    if (
      name === 'please-wait' &&
      (this.isHolding || (last !== undefined && 'led' in last && /is away$|stays away$/.test(last.led)))
    )
      return onHold;
    return name === 'reading' && heard('changed') ? 'reading again' : name;
  }

  #answer(press: (keys: string) => void): void {
    const keys = this.#entries.shift() ?? '';
    if (keys === '') this.#silences += 1;
    else if (keys !== again) this.#entered += 1;
    const words: Record<string, string> = {
      '': 'silence',
      '0#': '0 and #',
      [short]: 'too few digits',
      [again]: '*',
    };
    this.leads(words[keys] ?? '10 digits');
    press(keys);
  }
}
