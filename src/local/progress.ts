import type { WriteStream } from 'node:tty';

/** Told by a step what it is at; replaces what was shown before. */
export type Note = (text: string) => void;

const redrawMs = 200;

/**
 * Shows the steps of a start with their time. On a terminal the last line is live; elsewhere each
 * step is one line when it begins and one when it is done.
 */
export class Progress {
  readonly #out: WriteStream;
  readonly #running = new Map<string, { since: number; note: string }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(out: WriteStream = process.stdout) {
    this.#out = out;
    out.on('error', () => {}); // a closed terminal must not keep the services from being stopped
  }

  /** Runs a step, shown as `title`; steps may run side by side. Rejects as the step does. */
  async step<Result>(title: string, work: (note: Note) => Promise<Result>): Promise<Result> {
    const state = { since: Date.now(), note: '' };
    this.#running.set(title, state);
    this.#begin(title);
    let mark = '✗';
    try {
      const result = await work((text) => void (state.note = text));
      mark = '✓';
      return result;
    } finally {
      this.#running.delete(title);
      this.say(`${mark} ${title} (${seconds(state.since)} s)`);
    }
  }

  /** Writes one line for good. */
  say(line: string): void {
    this.#clear();
    this.#out.write(`${line}\n`);
    if (this.#running.size === 0) this.#end();
    else this.#draw();
  }

  #begin(title: string): void {
    if (!this.#out.isTTY) this.#out.write(`  ${title} …\n`);
    else this.#timer ??= setInterval(() => this.#draw(), redrawMs);
  }

  #end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #clear(): void {
    if (this.#out.isTTY) this.#out.write('\r\u001b[K');
  }

  #draw(): void {
    if (!this.#out.isTTY) return;
    const steps = [...this.#running].map(
      ([title, { since, note }]) => `${title}${note && `: ${note}`} (${seconds(since)} s)`,
    );
    this.#clear();
    this.#out.write(`  ${steps.join(', ')}`.slice(0, this.#out.columns - 1));
  }
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1000).toFixed(1);
}
