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
  const [{ Listr }, { drawOn, TerminalRenderer }] = await Promise.all([
    import('listr2'),
    import('../terminal.ts'),
  ]);
  let result!: T;
  const task = {
    title: ' ',
    task: async (_: unknown, { task: line }: { task: { title$: string } }) => {
      result = await work((text) => (line.title$ = text));
    },
  };
  await new Listr([task], {
    renderer: TerminalRenderer,
    rendererOptions: {
      ...drawOn(process.stderr),
      clearOutput: true,
      showErrorMessage: false,
      formatOutput: 'truncate',
    },
    registerSignalListeners: false, // Ctrl-C is the caller's
  }).run();
  return result;
}
