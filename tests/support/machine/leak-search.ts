/** Where a secret may turn up: what the run has written, and what its database holds. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RowDataPacket } from 'mysql2/promise';
import type { Secrets } from './calls-with-secrets.ts';
import { registryDatabase } from './citizens.ts';
import { processOf, runStateDirectory } from './hotline-under-test.ts';

/** A file the run has written, with its bytes as Latin-1 text. */
export interface WrittenFile {
  /** Below the run state. */
  readonly name: string;
  readonly text: string;
}

/** Everything the run has written: its run state, and what its services have in a /tmp of their own. */
export function writtenFiles(): WrittenFile[] {
  const inside = (['pbx', 'database'] as const).flatMap((service) =>
    filesBelow(`/proc/${processOf(service)}/root/tmp`, `${service}: /tmp`),
  );
  return [...filesBelow(runStateDirectory(), ''), ...inside];
}

/** The application's notes of the calls under way. */
export function journalFiles(): WrittenFile[] {
  return filesBelow(join(runStateDirectory(), 'journal'), 'journal');
}

function filesBelow(folder: string, as: string): WrittenFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile())
    .map((name) => ({ name: join(as, name), text: readFileSync(join(folder, name), 'latin1') }));
}

/** Which kinds of secret a text holds: as they are, spelt with one sign between digits, or as a hash that anybody can make. */
export function kindsIn(text: string, secrets: Secrets): (keyof Secrets)[] {
  const spelt = text.replace(/(?<=\d)[ ,.;:/&_-](?=\d)/g, '');
  const holds = (secret: string) => text.includes(secret) || spelt.includes(secret);
  const kinds = (['codes', 'phones', 'passwords'] as const).filter((kind) => secrets[kind].some(holds));
  const hashed = secrets.codes.some((code) => openHashes(code).some((hash) => text.includes(hash)));
  return hashed && !kinds.includes('codes') ? [...kinds, 'codes'] : kinds;
}

/** A code has ten digits: whoever has one of these has the code. */
function openHashes(code: string): string[] {
  return ['md5', 'sha1', 'sha256'].flatMap((algorithm) => {
    const hash = createHash(algorithm).update(code).digest();
    return [hash.toString('hex'), hash.toString('base64').replace(/=+$/, ''), hash.toString('latin1')];
  });
}

/** Every row of every table, by the table's name. */
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

/** Binary columns too. */
function asText(value: unknown): string {
  return Buffer.isBuffer(value) ? `${value.toString('latin1')} ${value.toString('hex')}` : String(value);
}
