/** Searches for secrets in everything the run has written and in its database. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RowDataPacket } from 'mysql2/promise';
import type { Secrets } from './calls-with-secrets.ts';
import { registryDatabase } from './citizens.ts';
import { processOf, runStateDirectory } from './hotline-under-test.ts';

/** A file written by the run, with its bytes as Latin-1 text. */
export interface WrittenFile {
  /** Path in the run state. */
  readonly name: string;
  readonly text: string;
}

/** All files written by the run: its run state, and the private /tmp of each service. */
export function writtenFiles(): WrittenFile[] {
  const inside = (['pbx', 'database'] as const).flatMap((service) =>
    filesBelow(`/proc/${processOf(service)}/root/tmp`, `${service}: /tmp`),
  );
  return [...filesBelow(runStateDirectory(), ''), ...inside];
}

/** The logs of every service. */
export function logFiles(): WrittenFile[] {
  const folders = ['logs', 'asterisk/log'];
  return folders.flatMap((folder) => filesBelow(join(runStateDirectory(), folder), folder));
}

/** The application's journal of the calls in progress. */
export function journalFiles(): WrittenFile[] {
  return filesBelow(join(runStateDirectory(), 'journal'), 'journal');
}

function filesBelow(folder: string, as: string): WrittenFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    try {
      const path = join(folder, name);
      return statSync(path).isFile() ? [{ name: join(as, name), text: readFileSync(path, 'latin1') }] : [];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []; // a service has removed it meanwhile
      throw error;
    }
  });
}

/** The text without what stands between two digits. */
const joined = (text: string): string => text.replace(/(?<=\d)[ ,.;:/&_-](?=\d)/g, '');

/** The numbers in a text that are among thousands of the same length: plain, or with one separator between digits. */
export function numbersIn(text: string, numbers: ReadonlySet<string>, length: number): string[] {
  const found = new Set<string>();
  for (const form of [text, joined(text)])
    for (const [run] of form.matchAll(/\d+/g))
      for (let at = 0; at + length <= run.length; at++) {
        const number = run.slice(at, at + length);
        if (numbers.has(number)) found.add(number);
      }
  return [...found];
}

/** The kinds of secret in a text: plain, with one separator between digits, or as a keyless hash of a code. */
export function kindsIn(text: string, secrets: Secrets): (keyof Secrets)[] {
  const spelt = joined(text);
  const holds = (secret: string) => text.includes(secret) || spelt.includes(secret);
  const kinds = (['codes', 'phones', 'passwords'] as const).filter((kind) => secrets[kind].some(holds));
  const hashed = secrets.codes.some((code) => openHashes(code).some((hash) => text.includes(hash)));
  return hashed && !kinds.includes('codes') ? [...kinds, 'codes'] : kinds;
}

/** Hashes without a key. A code has only ten digits, so anyone with such a hash can find it. */
function openHashes(code: string): string[] {
  return ['md5', 'sha1', 'sha256'].flatMap((algorithm) => {
    const hash = createHash(algorithm).update(code).digest();
    return [hash.toString('hex'), hash.toString('base64').replace(/=+$/, ''), hash.toString('latin1')];
  });
}

/** Every row of every table as text, by table name. */
export async function tablesAsText(): Promise<Record<string, string>> {
  const rows = async (sql: string) => (await registryDatabase().query<RowDataPacket[]>(sql))[0];
  const dump: Record<string, string> = {};
  for (const row of await rows('SHOW FULL TABLES')) {
    const table = String(Object.values(row)[0]);
    dump[table] = (await rows(`SELECT * FROM \`${table}\``))
      .map((cells) => Object.values(cells).map(asText).join('\t'))
      .join('\n');
  }
  return dump;
}

/** Renders binary columns too. */
function asText(value: unknown): string {
  return Buffer.isBuffer(value) ? `${value.toString('latin1')} ${value.toString('hex')}` : String(value);
}
