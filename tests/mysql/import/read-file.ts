/** Reads text as an import file. */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { readAccountFile, type NumberedLine } from '../../../src/mysql/import/account-file.ts';
import type { OldLandlineRule } from '../../../src/mysql/import/old-landline-rules.ts';

type Read = (
  content: string | Buffer,
  codeLengths?: number[],
  landlinesBefore2017?: OldLandlineRule,
) => Promise<NumberedLine[]>;

/** A reader for the tests of one file, in a folder that goes with them. */
export function readerInFolder(): Read {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hotline-account-file-'));
  });
  afterAll(() => rm(directory, { recursive: true }));
  return async (content, codeLengths = [10], landlinesBefore2017 = 'by-form') => {
    const path = join(directory, 'accounts.csv');
    await writeFile(path, content);
    const lines: NumberedLine[] = [];
    for await (const line of readAccountFile(createReadStream(path), { codeLengths, landlinesBefore2017 }))
      lines.push(line);
    return lines;
  };
}
