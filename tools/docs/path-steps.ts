import { isSilence } from '../../src/call/prompts.ts';

/** A sentence that counts only if it was heard is said again where a busy machine cannot prove that it was. */
const readAgain = /\b(password-intro reading|changed reading .*?goodbye)(?: \1)+/g;

/** What a path is made of while it is taken: sounds, keys and silences. */
export class PathSteps {
  readonly #steps: string[] = ['menu', 'keys 1'];
  /** A question whose answer is still awaited. */
  #isAsked = false;

  hears(sound: string): void {
    const name = sound.replace('hotline/', '');
    if (isSilence(sound) && name !== 'pause') return;
    if (this.#isAsked && name !== 'pause') this.#answer('silence');
    this.#steps.push(sound.startsWith('digits/') ? 'digit' : name);
    if (/^(?:enter-|offer-)/.test(name)) this.#isAsked = true;
  }

  keys(keys: string): void {
    if (keys !== '') this.#answer(`keys ${keys.length}`);
  }

  /** How often a wait is repeated, or a hash takes long, depends on the machine: the result must not. */
  get steps(): string[] {
    return this.#steps
      .join(' ')
      .replace(/\bdigit(?: digit| pause)*/g, 'reading')
      .replace(readAgain, '$1')
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
