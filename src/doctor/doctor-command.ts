/** `npx hotline doctor [--security]` */
import { join } from 'node:path';
import type { AmiOptions } from '../asterisk/ami.ts';
import { readDatabaseFacts } from '../mysql/database-facts.ts';
import { checkDatabase, checkHash, checkSettings, type DoctorSettings } from './application-checks.ts';
import { orUnknown, type Finding } from './finding.ts';
import { checkProcesses, checkSecretFiles } from './machine-checks.ts';
import { checkPbx } from './pbx-checks.ts';

/** Nothing to change. */
export const healthy = 0;
/** Something could not be looked at, or is dangerous; the output says what to change. */
export const toBeChanged = 5;

export interface DoctorOptions extends DoctorSettings {
  readonly ami: AmiOptions;
  /** Files and folders with secrets. */
  readonly secretPlaces: readonly string[];
}

/** Where this checkout and a packaged installation keep secrets. */
export const secretPlaces = [join(import.meta.dirname, '../../.hotline/env'), join(import.meta.dirname, '../../.hotline/asterisk/secrets'), '/etc/hotline'];

const marks = { ok: 'ok     ', warning: 'WARNING', danger: 'DANGER ', unknown: 'UNKNOWN' };

/** Looks at everything, says on standard output what it found and what to change. Returns the exit code. */
export async function doctorCommand(options: DoctorOptions): Promise<number> {
  const findings = await examine(options);
  for (const { verdict, title, detail, change } of findings) {
    process.stdout.write(`${marks[verdict]}  ${title}: ${detail}${change === undefined ? '' : `\n         change: ${change}`}\n`);
  }
  const bad = findings.filter(({ verdict }) => verdict === 'danger' || verdict === 'unknown').length;
  process.stdout.write(`${findings.length} checks, ${bad} to be changed\n`);
  return bad > 0 ? toBeChanged : healthy;
}

/** All findings, in the order they are worth reading. */
export async function examine(options: DoctorOptions): Promise<Finding[]> {
  const parts = await Promise.all([
    orUnknown('Asterisk', () => checkPbx(options.ami)),
    orUnknown('database', async () => checkDatabase(await readDatabaseFacts(options.databaseUrl))),
    orUnknown('settings', async () => checkSettings(options)),
    orUnknown('password hash', checkHash),
    orUnknown('files with secrets', async () => checkSecretFiles(options.secretPlaces)),
    orUnknown('processes', async () => checkProcesses()),
  ]);
  return parts.flat();
}
