/** The live part of a terminal, drawn by listr2. */
import type { WriteStream } from 'node:tty';
import { DefaultRenderer, ListrLogger, ProcessOutput } from 'listr2';

/**
 * Renders live whatever standard output is. listr2 asks that one whether it is a terminal; callers of this
 * have already checked the stream they write to.
 */
export class TerminalRenderer extends DefaultRenderer {
  static override nonTTY = true;
}

/** The option that makes it write to `out`. Meanwhile what others write to the terminal is held back. */
export function drawOn(out: WriteStream): { logger: ListrLogger } {
  return { logger: new ListrLogger({ processOutput: new ProcessOutput(out) }) };
}
