/** The keys of a telephone on this terminal: each counts as it is pressed, and is not shown. */

/** `h` hangs up, as Ctrl-C does and a terminal that is closed; `\r` is Enter. */
export type PressedKey = string;

const ctrlC = '\u0003';
const ctrlD = '\u0004';

export class Keyboard {
  #listener: ((key: PressedKey) => void) | undefined;
  /** Pressed before anybody listens. */
  #unread: PressedKey[] = [];

  /** Takes the terminal; {@link close} gives it back. */
  constructor() {
    process.stdin.setRawMode(true).setEncoding('utf8');
    process.stdin.on('data', this.#take).on('end', this.#hangUp).resume();
  }

  /** From now on hands over every key, those first that were pressed before. */
  listen(listener: (key: PressedKey) => void): void {
    this.#listener = listener;
    for (const key of this.#unread.splice(0)) listener(key);
  }

  /** The next key. */
  next(): Promise<PressedKey> {
    return new Promise((resolve) => {
      const [first] = this.#unread.splice(0, 1);
      if (first !== undefined) return resolve(first);
      this.#listener = (key) => {
        this.#listener = undefined;
        resolve(key);
      };
    });
  }

  close(): void {
    process.stdin.off('data', this.#take).off('end', this.#hangUp).pause();
    process.stdin.setRawMode(false);
  }

  readonly #take = (text: string): void => {
    for (const letter of text) {
      const key = [ctrlC, ctrlD, 'H'].includes(letter) ? 'h' : letter;
      if (!/^[0-9*#h\r]$/.test(key)) continue;
      if (this.#listener === undefined) this.#unread.push(key);
      else this.#listener(key);
    }
  };

  readonly #hangUp = (): void => this.#take(ctrlC);
}
