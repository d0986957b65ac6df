/** What `hotline doctor` looks at: would a caller be served, and is anything open that should be shut? */
import { join } from 'node:path';
import { readDatabaseFacts } from '../mysql/database/database-facts.ts';
import type { GatewayAccess } from '../notifications/sms-gateway.ts';
import { soundsDirectory } from '../recordings/sounds-directory.ts';
import { isLoopback } from '../machine/loopback.ts';
import { checkHash, checkSettings, type DoctorSettings } from './application-checks.ts';
import { checkAuditLog } from './audit-check.ts';
import { checkOwnClock, isSynchronised } from './clock-check.ts';
import { checkDatabase } from './database-checks.ts';
import { checkTakesChanges } from './database-server-checks.ts';
import { checkDependencies, ownCheckout } from './dependency-checks.ts';
import { orUnknown, type Finding } from './finding.ts';
import { checkHours } from './hours-check.ts';
import { checkKeysArrive } from './key-checks.ts';
import { checkPorts, checkSecretFiles } from './machine-checks.ts';
import { checkMenuCounts } from './menu-counts-check.ts';
import { checkPbx } from './pbx-checks.ts';
import { readPbxFacts, type PbxAccess } from './pbx-facts.ts';
import { checkNeededModules } from './module-checks.ts';
import { checkOwnSteps } from './own-steps.ts';
import { checkOwner, readOwnerFacts } from './owner-check.ts';
import { checkCoreDumps, checkProcesses } from './process-checks.ts';
import { checkRecordings } from './recordings-check.ts';
import { checkSip } from './sip-checks.ts';
import { checkSite } from './site-checks.ts';
import { checkRegistry, checkWayIn, checkWayToGateway, examineApplication } from './service-checks.ts';
import { checkCallBack, checkTrunks } from './trunk-checks.ts';

export interface DoctorOptions extends DoctorSettings, PbxAccess {
  readonly httpPort: number;
  readonly databasePoolSize: number;
  readonly callBack: 'off' | 'risk' | 'always';
  readonly maxCalls: number;
  readonly gateway: GatewayAccess;
  /** The store of recordings that admins make. */
  readonly recordings: string;
  /** Files and folders that hold secrets. */
  readonly secretPlaces: readonly string[];
  /** Files of settings; the first is the application's. */
  readonly settingsFiles: readonly string[];
}

/** Where this checkout and a packaged installation keep their secrets. */
export const secretPlaces = [
  join(ownCheckout, '.hotline/env'),
  join(ownCheckout, '.hotline/asterisk/secrets'),
  '/etc/hotline',
];

/** Would a caller be served now? */
export async function examineService(options: DoctorOptions): Promise<Finding[]> {
  const parts = await Promise.all([
    orUnknown('application', () => examineApplication({ host: options.httpHost, port: options.httpPort })),
    orUnknown('Asterisk', async () => {
      const pbx = await readPbxFacts(options);
      return [
        ...checkWayIn(pbx, options.ari.application),
        ...checkSite(pbx),
        checkOwnSteps(pbx),
        ...checkHours(pbx, new Date()),
        checkNeededModules(pbx),
        ...checkKeysArrive(pbx),
        checkMenuCounts(pbx),
        checkCallBack(pbx, options.callBack),
      ];
    }),
    orUnknown('words of the recordings', () =>
      checkRecordings({ directory: options.recordings, program: soundsDirectory }),
    ),
    orUnknown('way to the SMS gateway', () => checkWayToGateway(options.gateway)),
    orUnknown('database', async () => checkRegistry(await readDatabaseFacts(options.databaseUrl))),
  ]);
  return parts.flat();
}

/** Is it closed to strangers, and does nothing leak or get lost? In the order that is worth reading. */
export async function examineSecurity(options: DoctorOptions): Promise<Finding[]> {
  const parts = await Promise.all([
    orUnknown('Asterisk', async () => {
      const pbx = await readPbxFacts(options);
      return [
        ...checkTrunks(pbx),
        checkCallBack(pbx, options.callBack),
        ...checkPbx(pbx, options.ami.username),
        ...checkSip(pbx, options.maxCalls),
      ];
    }),
    orUnknown('database', async () => {
      const facts = await readDatabaseFacts(options.databaseUrl);
      return [
        ...checkDatabase(facts, options.databasePoolSize),
        ...(facts.rows === null
          ? checkTakesChanges(facts)
          : await checkAuditLog({ ...options, rows: facts.rows.auditRows })),
      ];
    }),
    orUnknown('settings', async () => checkSettings(options)),
    orUnknown('password hash', checkHash),
    orUnknown('files with secrets', async () => checkSecretFiles(options.secretPlaces)),
    orUnknown("login of the schema's owner", async () => checkOwner(readOwnerFacts(options.settingsFiles))),
    orUnknown('processes', async () => [...checkProcesses(), ...checkCoreDumps()]),
    orUnknown('clock of this machine', async () => checkOwnClock(await isSynchronised())),
    orUnknown('ports', async () => checkPorts(doorsHere(options))),
    orUnknown('packages', async () => checkDependencies(ownCheckout)),
  ]);
  return parts.flat();
}

/** Ports of this machine that only this machine should reach. The health page has a setting of its own. */
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
