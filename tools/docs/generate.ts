/**
 * `make docs`: brings the generated parts of the documents up to date.
 *
 * With `--check` it writes nothing: exit code 1, with the names on stderr, when a document is out
 * of date. `--root DIR` takes the documents from another folder than this checkout.
 */
import { parseArgs } from 'node:util';
import { checkout, findStaleDocuments, writeDocuments } from './generated-parts.ts';

const { values } = parseArgs({
  options: { check: { type: 'boolean' }, root: { type: 'string', default: checkout } },
});
if (values.check) {
  for (const document of await findStaleDocuments(values.root)) {
    process.stderr.write(`${document} is out of date: run make docs\n`);
    process.exitCode = 1;
  }
} else {
  await writeDocuments(values.root);
}
