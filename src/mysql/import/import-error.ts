import { ExpectedError } from '../../expected-error.ts';

/** An import that changed nothing: wrong file, wrong header, database away. One sentence, without content of the file. */
export class ImportFailed extends ExpectedError {
  override readonly name = 'ImportFailed';
}
