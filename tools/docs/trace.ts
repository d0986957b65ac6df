/** What happens in one call, written down as the steps of a picture. */
import { again, short, type Scenario } from './scenarios.ts';

/** Heard: the name of a prompt, or `reading`, a row of digits. Led: what came between two prompts. */
export type Step = { readonly heard: string } | { readonly led: string; readonly count: number };

/** The caller is asked to wait because the database is unreachable, not because a code is checked. */
const forDatabase = 'please-wait for the database';

/** The steps of one call, in order. Plays the scenario's caller, who reacts to what is heard. */
export class Trace {
  readonly steps: Step[] = [{ heard: 'menu' }];
  readonly #attempts: string[];
  /** Keys that are left for the offers. */
  readonly #atOffer: string[];
  readonly #atReading: string[];
  #attempted = 0;
  #silences = 0;
  #wait: (() => void) | undefined;

  constructor(scenario: Scenario) {
    this.#attempts = [...scenario.attempts];
    this.#atOffer = [...(scenario.atOffer ?? '')];
    this.#atReading = [...(scenario.atReading ?? '')];
    this.leads(scenario.withheld ? '8, no trusted number' : '8');
  }

  hears(sound: string, press: (keys: string) => void): void {
    const name = sound.replace('hotline/', '');
    if (name === 'pause' || name === 'silence') return;
    const last = this.steps.at(-1)!;
    const said = this.#nameOf(sound.startsWith('digits/') ? 'reading' : name);
    if (this.lastHeard === said && /^please-wait /.test(said))
      return void this.steps.splice(this.steps.findLastIndex((step) => 'heard' in step) + 1);
    if (!('heard' in last && last.heard === said && said.startsWith('reading')))
      this.steps.push({ heard: said });
    if (name === 'please-wait') this.#wait?.();
    if (/^enter-/.test(name)) this.#answer(press);
    if (name === 'offer-operator') this.#choose(this.#atOffer, press);
    // The first offer has something behind it, during which the key may be pressed.
    if (said === 'change-at-login' || said === 'offer-reading again') this.#choose(this.#atReading, press);
  }

  /** Resolves the next time the caller is asked to wait. */
  async asksToWait(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wait = resolve));
  }

  /** Notes what came between two prompts, with the number of silences or attempts so far. */
  leads(led: string): void {
    this.steps.push({ led, count: led === 'silence' ? this.#silences : this.#attempted });
  }

  /** Whether the caller is waiting for an unreachable database. */
  get isHolding(): boolean {
    return this.lastHeard === forDatabase;
  }

  get lastHeard(): string | undefined {
    return this.steps.findLast((step) => 'heard' in step)?.heard;
  }

  /** Names a prompt by what it means at this point: the same words mean something else after the first reading. */
  #nameOf(name: string): string {
    const heard = (what: string) => this.steps.some((step) => 'heard' in step && step.heard === what);
    if (name === 'please-wait' && heard('reading')) return 'please-wait again';
    const last = this.steps.at(-1);
    if (
      name === 'please-wait' &&
      (this.isHolding || (last !== undefined && 'led' in last && /unreachable$/.test(last.led)))
    )
      return forDatabase;
    // The same words are an offer of 0 alone elsewhere.
    if (name === 'offer-operator' && this.lastHeard === 'offer-other-ways')
      return `${name} after ${this.lastHeard}`;
    if (name === 'offer-reading' && heard(name)) return `${name} again`;
    if (name !== 'reading' || !heard('changed')) return name;
    return !heard('offer-reading')
      ? 'reading again'
      : `reading slowly${heard('offer-reading again') ? ' again' : ''}`;
  }

  /** Presses the next key of those that are left, or lets the offer pass. */
  #choose(keys: string[], press: (keys: string) => void): void {
    const key = keys.shift();
    this.leads(key ?? 'silence');
    if (key !== undefined) press(key);
  }

  #answer(press: (keys: string) => void): void {
    const keys = this.#attempts.shift() ?? '';
    if (keys === '') this.#silences += 1;
    else if (keys !== again) this.#attempted += 1;
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
