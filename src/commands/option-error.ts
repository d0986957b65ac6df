import { ExpectedError } from '../expected-error.ts';

/** An option of a command has a value that cannot be used. Exit code 1. */
export class OptionError extends ExpectedError {
  override readonly name = 'OptionError';
}
