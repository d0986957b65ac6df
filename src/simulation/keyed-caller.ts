/** A caller who presses keys as they were written down: `8 0123456789 offer-reading:1`. */
import { soundOf } from '../call/prompts.ts';
import { ExpectedError } from '../expected-error.ts';
import type { Caller } from './scripted-caller.ts';

/** Keys that cannot be read. */
export class KeysError extends ExpectedError {
  override readonly name = 'KeysError';

  override get exitCode(): number {
    return 2;
  }
}

/** Keys pressed one after the other. */
interface Group {
  /** `,` is a pause, `h` hangs up. */
  readonly keys: string;
  /** They are pressed while this prompt is said. Absent: once nothing more is said. */
  readonly during?: string;
}

type Line = Parameters<Caller>[1];

/** The hotline waits for an answer if it has said nothing for so long, ms. */
const silentMs = 500;
/** From the beginning of a prompt to a key during it, ms. */
const bargeInMs = 500;
/** From one key to the next, and the pause of a comma, ms. */
const keyMs = 200;
const pauseMs = 1000;

/**
 * Groups are parted by blanks: each waits until the hotline has nothing more to say. `prompt:` before a group lets it
 * be pressed while that prompt is said. A caller with no keys left listens.
 *
 * @param isPrompt whether a prompt has this name
 * @throws KeysError naming what it cannot read, or a prompt that is none
 */
export function readKeys(text: string, isPrompt: (name: string) => boolean): Group[] {
  return text
    .split(/\s/)
    .filter((word) => word !== '')
    .map((word) => {
      const [, during, keys] = /^(?:([a-z][a-z0-9-]{0,60}):)?([0-9*#,h]+)$/.exec(word) ?? [];
      if (keys === undefined)
        throw new KeysError(
          `keys: ${JSON.stringify(word.slice(0, 40))} cannot be read: expected keys 0 to 9, * and #, a comma for a second's pause, h to hang up, and for keys during a prompt its name first, as offer-reading:1`,
        );
      if (during !== undefined && !isPrompt(during))
        throw new KeysError(
          `keys: ${JSON.stringify(word.slice(0, 80))} would never be pressed: there is no prompt "${during}" (their names: sounds/vi/prompts.yaml)`,
        );
      return { keys, ...(during !== undefined && { during }) };
    });
}

/** Presses them. Is a {@link Caller} by `hear`. */
export class KeyedCaller {
  readonly #left: Group[];
  /** Sounds so far, and whether the last one is silence. */
  #heard = 0;
  #isSilent = false;
  #isKeying = false;

  /** @param groups of {@link readKeys} */
  constructor(groups: readonly Group[]) {
    this.#left = [...groups];
  }

  /** What is still to be pressed, as it was written. */
  get left(): string {
    return this.#left
      .map(({ keys, during }) => (during === undefined ? keys : `${during}:${keys}`))
      .join(' ');
  }

  readonly hear: Caller = (sound, line) => {
    this.#heard++;
    this.#isSilent = sound === soundOf('silence');
    const during = this.#left[0]?.during;
    if (during === undefined) this.#answerSilence(line);
    else if (sound === soundOf(during)) line.after(bargeInMs, () => this.#press(line));
  };

  /** Presses the next group if nothing is said meanwhile. */
  #answerSilence(line: Line): void {
    if (!this.#isSilent || this.#isKeying) return;
    const heard = this.#heard;
    line.after(silentMs, () => {
      const [next] = this.#left;
      if (heard === this.#heard && !this.#isKeying && next !== undefined && next.during === undefined)
        this.#press(line);
    });
  }

  #press(line: Line): void {
    this.#isKeying = true;
    let atMs = 1;
    for (const key of this.#left.shift()!.keys) {
      if (key === ',') atMs += pauseMs;
      else {
        line.after(atMs, () => (key === 'h' ? line.hangUp() : line.press(key)));
        atMs += keyMs;
      }
    }
    line.after(atMs, () => {
      this.#isKeying = false;
      this.#answerSilence(line);
    });
  }
}
