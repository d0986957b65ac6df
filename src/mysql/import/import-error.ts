/** An import that changed nothing: wrong file, wrong header, database away. One sentence, without content of the file. */
export class ImportFailed extends Error {
  override readonly name = 'ImportFailed';
}
