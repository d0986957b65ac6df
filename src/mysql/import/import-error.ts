import { ExpectedError } from '../../expected-error.ts';

/** The import changed nothing: wrong file, wrong header, database unreachable. One sentence, without content of the file. */
export class ImportFailed extends ExpectedError {
  override readonly name = 'ImportFailed';
}
