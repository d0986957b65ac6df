/** The import changed nothing: wrong file, wrong header, database unreachable. One sentence, without content of the file. */
export class ImportFailed extends Error {
  override readonly name = 'ImportFailed';
}
