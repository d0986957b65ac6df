import { ExpectedError } from '../expected-error.ts';

/** An option of a command has a value that cannot be used: wrong usage. */
export class OptionError extends ExpectedError {
  override readonly name = 'OptionError';

  override get exitCode(): number {
    return 2;
  }
}
