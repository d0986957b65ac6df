import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { OptionError } from './option-error.ts';

/**
 * Reads codes, numbers and passwords from standard input, a line each, so that they appear neither in the
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
    return (await this.#readLine(name)).trim();
  }

  /**
   * A password as it is typed, blanks included; a terminal does not show it, and asks twice.
   *
   * @throws OptionError at the end of standard input, or when the two differ
   */
  async readNewPassword(): Promise<string> {
    if (!process.stdin.isTTY) return this.#readLine('Password');
    const password = await askUnseen('Password');
    if ((await askUnseen('Again')) !== password)
      throw new OptionError('The two passwords differ: expected the same one twice; nothing was changed');
    return password;
  }

  async #readLine(name: string): Promise<string> {
    this.#input ??= createInterface({ input: process.stdin });
    this.#lines ??= this.#input[Symbol.asyncIterator]();
    const line = await this.#lines.next();
    if (line.done) throw new OptionError(`${name}: nothing on standard input`);
    return line.value;
  }

  /** Lets the process end. */
  close(): void {
    this.#input?.close();
  }
}

/** Node edits the line itself (the terminal is raw) and shows it nowhere. Ctrl-C ends the process, as it would anywhere. */
function askUnseen(name: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const input = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  const answer = Promise.withResolvers<string>();
  input.once('line', answer.resolve);
  input.once('close', () => answer.reject(new OptionError(`${name}: nothing was typed`)));
  input.once('SIGINT', () => {
    input.close();
    process.kill(process.pid, 'SIGINT');
  });
  process.stderr.write(`${name}: `); // only now: what is typed before is shown
  return answer.promise.finally(() => {
    input.close();
    process.stderr.write('\n');
  });
}
