import { isSilence } from '../../src/call/prompts.ts';
import { waitMs } from '../../src/hotline/read-again.ts';

/** After these the caller may ask for another reading: how long the key is waited for, ms. */
const waits: ReadonlyMap<string | undefined, number> = new Map([
  ['change-at-login', waitMs.afterSecond],
  ['offer-reading', waitMs.afterFurther],
]);

/** What a path is made of while it is taken: sounds, keys and silences. */
export class PathSteps {
  readonly #steps: string[] = ['menu', 'keys 1'];
  /** A question whose answer is still awaited. */
  #isAsked = false;

  hears(sound: string): void {
    const name = sound.replace('hotline/', '');
    if (isSilence(sound) && name !== 'pause') return;
    if (this.#isAsked && name !== 'pause') this.#answer('silence');
    const wait = waits.get(this.#steps.at(-1));
    if (name === 'goodbye' && wait !== undefined) this.#steps.push(`wait ${wait}`);
    this.#steps.push(sound.startsWith('digits/') ? 'digit' : name);
    if (/^(?:enter-|offer-operator)/.test(name)) this.#isAsked = true;
  }

  keys(keys: string): void {
    if (keys !== '') this.#answer(`keys ${keys.length}`);
  }

  /** How often a wait is repeated depends on the recordings, all of which are short here: the result must not. */
  get steps(): string[] {
    return this.#steps
      .join(' ')
      .replace(/\bdigit(?: pause pause digit){2}(?: digit| pause)*/g, 'reading-slowly')
      .replace(/\bdigit(?: digit| pause)*/g, 'reading')
      .replace(/(?:please-wait pause pause ?){2,}/g, 'database ')
      .replace(/(?<=reading )please-wait(?: please-wait)+/g, 'database')
      .replace(/please-wait(?: please-wait)+/g, 'please-wait')
      .trim()
      .split(/ (?!\d)/);
  }

  #answer(step: string): void {
    this.#isAsked = false;
    this.#steps.push(step);
  }
}
