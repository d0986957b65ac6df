/** The live part of a terminal, drawn by listr2. */
import type { WriteStream } from 'node:tty';
import { DefaultRenderer, ListrLogger, ProcessOutput } from 'listr2';

/** listr2 asks standard output whether it is a terminal; who uses this has asked the stream it writes to. */
export class TerminalRenderer extends DefaultRenderer {
  static override nonTTY = true;
}

/** The option that makes it write to `out`. Meanwhile what others write to the terminal is held back. */
export function drawOn(out: WriteStream): { logger: ListrLogger } {
  return { logger: new ListrLogger({ processOutput: new ProcessOutput(out) }) };
}
