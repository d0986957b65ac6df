import { createInterface, type Interface } from 'node:readline';
import { OptionError } from './option-error.ts';

/**
 * Reads codes and numbers from standard input, a line each, so that they appear neither in the
 * shell's history nor in the list of processes.
 */
export class SecretInput {
  #input: Interface | undefined;
  #lines: AsyncIterator<string, undefined> | undefined;

  /**
   * @param name as the prompt on a terminal calls it
   * @param given the option's value; `true` or `-`: read it from standard input
   * @throws OptionError at the end of standard input
   */
  async read(name: string, given: string | true): Promise<string> {
    if (given !== true && given !== '-') return given.trim();
    if (process.stdin.isTTY) process.stderr.write(`${name}: `);
    this.#input ??= createInterface({ input: process.stdin });
    this.#lines ??= this.#input[Symbol.asyncIterator]();
    const line = await this.#lines.next();
    if (line.done) throw new OptionError(`${name}: nothing on standard input`);
    return line.value.trim();
  }

  /** Lets the process end. */
  close(): void {
    this.#input?.close();
  }
}
