/** `npx hotline doctor [--security]` */
import { join } from 'node:path';
import { readDatabaseFacts } from '../mysql/database/database-facts.ts';
import { checkHash, checkSettings, type DoctorSettings } from '../doctor/application-checks.ts';
import { checkAuditLog } from '../doctor/audit-check.ts';
import { checkDatabase } from '../doctor/database-checks.ts';
import { checkDependencies, ownCheckout } from '../doctor/dependency-checks.ts';
import { orUnknown, type Finding } from '../doctor/finding.ts';
import { checkCorePattern, checkPorts, checkProcesses, checkSecretFiles } from '../doctor/machine-checks.ts';
import { checkPbx } from '../doctor/pbx-checks.ts';
import { readPbxFacts, type PbxAccess } from '../doctor/pbx-facts.ts';
import {
  checkApplication,
  checkRegistry,
  checkWayIn,
  readApplicationFacts,
} from '../doctor/service-checks.ts';
import { checkCallBack, checkTrunks } from '../doctor/trunk-checks.ts';
import { isLoopback } from '../machine/loopback.ts';

/** Nothing to change. */
export const healthy = 0;
/** Something could not be looked at, or is dangerous; the output says what to change. */
export const toBeChanged = 5;

export interface DoctorOptions extends DoctorSettings, PbxAccess {
  readonly httpPort: number;
  readonly callBack: 'off' | 'risk' | 'always';
  /** Files and folders with secrets. */
  readonly secretPlaces: readonly string[];
}

/** Where this checkout and a packaged installation keep secrets. */
export const secretPlaces = [
  join(ownCheckout, '.hotline/env'),
  join(ownCheckout, '.hotline/asterisk/secrets'),
  '/etc/hotline',
];

const marks = { ok: 'ok     ', warning: 'WARNING', danger: 'DANGER ', unknown: 'UNKNOWN' };

/**
 * Looks, says on standard output what it found and what to change, and changes nothing. Returns the
 * exit code.
 *
 * @param security whether nobody gets in; otherwise whether somebody who calls now would be served
 */
export async function doctorCommand(options: DoctorOptions, security: boolean): Promise<number> {
  const findings = await (security ? examineSecurity(options) : examineService(options));
  for (const { verdict, title, detail, change } of findings) {
    process.stdout.write(
      `${marks[verdict]}  ${title}: ${detail}${change === undefined ? '' : `\n         change: ${change}`}\n`,
    );
  }
  const bad = findings.filter(({ verdict }) => verdict === 'danger' || verdict === 'unknown').length;
  process.stdout.write(`${findings.length} checks, ${bad} to be changed\n`);
  return bad > 0 ? toBeChanged : healthy;
}

/** Would somebody who calls now be served? */
export async function examineService(options: DoctorOptions): Promise<Finding[]> {
  const parts = await Promise.all([
    orUnknown('application', async () =>
      checkApplication(await readApplicationFacts({ host: options.httpHost, port: options.httpPort })),
    ),
    orUnknown('Asterisk', async () => {
      const pbx = await readPbxFacts(options);
      return [...checkWayIn(pbx, options.ari.application), checkCallBack(pbx, options.callBack)];
    }),
    orUnknown('database', async () => checkRegistry(await readDatabaseFacts(options.databaseUrl))),
  ]);
  return parts.flat();
}

/** Does nobody get in, and is nothing lost or told? In the order that is worth reading. */
export async function examineSecurity(options: DoctorOptions): Promise<Finding[]> {
  const parts = await Promise.all([
    orUnknown('Asterisk', async () => {
      const pbx = await readPbxFacts(options);
      return [
        ...checkTrunks(pbx),
        checkCallBack(pbx, options.callBack),
        ...checkPbx(pbx, options.ami.username),
      ];
    }),
    orUnknown('database', async () => {
      const facts = await readDatabaseFacts(options.databaseUrl);
      return [...checkDatabase(facts), ...(await checkAuditLog({ ...options, rows: facts.auditRows }))];
    }),
    orUnknown('settings', async () => checkSettings(options)),
    orUnknown('password hash', checkHash),
    orUnknown('files with secrets', async () => checkSecretFiles(options.secretPlaces)),
    orUnknown('processes', async () => [...checkProcesses(), ...checkCorePattern()]),
    orUnknown('ports', async () => checkPorts(doorsHere(options))),
    orUnknown('packages', async () => checkDependencies(ownCheckout)),
  ]);
  return parts.flat();
}

/** Ports of this machine where nobody else should be let in. The health page is a setting of its own. */
function doorsHere({ ariUrl, ami, databaseUrl }: DoctorOptions): Record<string, number> {
  const [ari, database] = [new URL(ariUrl), new URL(databaseUrl)];
  const doors: [name: string, host: string, port: number][] = [
    ['ARI', ari.hostname, Number(ari.port || (ari.protocol === 'https:' ? 443 : 80))],
    ['AMI', ami.host, ami.port],
    ['database', database.hostname, Number(database.port || 3306)],
  ];
  return Object.fromEntries(
    doors.filter(([, host]) => isLoopback(host)).map(([name, , port]) => [name, port]),
  );
}
