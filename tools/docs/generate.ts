/** `make docs`: brings the generated parts of the documents up to date. */
import { writeDocuments } from './generated-parts.ts';

await writeDocuments();
