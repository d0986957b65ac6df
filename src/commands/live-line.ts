/** Progress on a terminal: one line on standard error that changes while something runs. */

const barLength = 40;

/** @param done 0 to 1 */
export function drawBar(done: number): string {
  const filled = Math.round(Math.min(done, 1) * barLength);
  return '='.repeat(filled) + '-'.repeat(barLength - filled);
}

/**
 * Runs `work` with a function that replaces the line; the line is gone when it resolves or rejects,
 * as it does. Meanwhile what others write to standard output and error is held back.
 */
export async function withLiveLine<T>(work: (show: (line: string) => void) => Promise<T>): Promise<T> {
  const { DefaultRenderer, Listr, ListrLogger, ProcessOutput } = await import('listr2');
  /** listr2 looks at standard output to decide; this one writes to standard error, which its caller has looked at. */
  class StandardErrorRenderer extends DefaultRenderer {
    static override nonTTY = true;
  }
  let result!: T;
  const task = {
    title: ' ',
    task: async (_: unknown, { task: line }: { task: { title$: string } }) => {
      result = await work((text) => (line.title$ = text));
    },
  };
  const logger = new ListrLogger({ processOutput: new ProcessOutput(process.stderr) });
  await new Listr([task], {
    renderer: StandardErrorRenderer,
    rendererOptions: { logger, clearOutput: true, formatOutput: 'truncate' },
    registerSignalListeners: false, // Ctrl-C is the caller's
  }).run();
  return result;
}
