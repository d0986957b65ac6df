import type { WriteStream } from 'node:tty';
import { Listr, PRESET_TIMER, SilentRenderer, type ListrTask } from 'listr2';
import { drawOn, TerminalRenderer } from '../terminal.ts';

/** Takes what a step is doing now; replaces what was shown before. Shown on a terminal only. */
export type Note = (text: string) => void;

/** A part of a start that takes time. */
export interface Step {
  readonly title: string;
  readonly work: (note: Note) => Promise<void>;
}

/**
 * Shows the steps of a start with their time: live on a terminal, by listr2; elsewhere each step is
 * one line when it begins and one when it is done.
 */
export class Progress {
  readonly #out: WriteStream;

  constructor(out: WriteStream = process.stdout) {
    this.#out = out;
    // A closed terminal must not keep the services from being stopped. listr2 writes to standard error too.
    for (const stream of [out, process.stderr]) stream.on('error', () => {});
  }

  /** Runs one step, while no other runs. Rejects as the step does. */
  async step<Result>(title: string, work: (note: Note) => Promise<Result>): Promise<Result> {
    let result!: Result;
    const step = { title, work: async (note: Note) => void (result = await work(note)) };
    await this.sideBySide([[step]]);
    return result;
  }

  /** Runs rows of steps side by side, the steps of a row one after the other. Rejects as the first that fails. */
  async sideBySide(rows: readonly (readonly Step[])[]): Promise<void> {
    const tasks = rows.map((steps) => this.#rowTask(steps));
    const ours = { concurrent: true, registerSignalListeners: false }; // Ctrl-C: see listen-for-stop.ts
    const list = this.#out.isTTY
      ? new Listr(tasks, {
          ...ours,
          renderer: TerminalRenderer,
          rendererOptions: { ...drawOn(this.#out), timer: PRESET_TIMER, showErrorMessage: false },
        })
      : new Listr(tasks, { ...ours, renderer: SilentRenderer });
    await list.run();
  }

  /** Writes one line for good; on a terminal, once the steps under way are done. */
  say(line: string): void {
    this.#out.write(`${line}\n`);
  }

  #rowTask(steps: readonly Step[]): ListrTask {
    const tasks = steps.map(({ title, work }): ListrTask => {
      return { title, task: (_, task) => this.#announced(title, () => work((text) => (task.output = text))) };
    });
    return { task: (_, row) => row.newListr(tasks, { concurrent: false }) };
  }

  /** With its lines, where there is no terminal. */
  async #announced(title: string, work: () => Promise<void>): Promise<void> {
    if (this.#out.isTTY) return work();
    const since = performance.now();
    const end = (mark: string) =>
      this.say(`${mark} ${title} (${((performance.now() - since) / 1000).toFixed(1)} s)`);
    this.say(`  ${title} …`);
    try {
      await work();
      end('✓');
    } catch (error) {
      end('✗');
      throw error;
    }
  }
}
