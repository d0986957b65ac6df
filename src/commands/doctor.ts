/**
 * `hotline doctor [--security] [--json]`. Exit codes: 0 nothing to change; 5 something is dangerous, or could
 * not be looked at: the output says what to change.
 */
import { readSettings, settingsFiles, type Config } from '../config.ts';
import type { DoctorOptions } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import { placeDocuments } from '../installation.ts';
import {
  amiOf,
  amiSettings,
  ariOf,
  ariSettings,
  auditKeySettings,
  limitSettings,
  serveSettings,
} from '../serve-settings.ts';
import { settings as everySetting } from '../settings.ts';
import { HotlineCommand } from './hotline-command.ts';
import { jsonOption, print, printReport } from './print.ts';
import { withProgress } from './progress.ts';

const toBeChanged = 5;

/** What slows down guessing. */
const limits = ['ENTRIES_PER_CALL', ...limitSettings, 'CALL_BACKS_PER_NUMBER_DAY'] as const;

export const doctorSettings = [
  'DATABASE_URL',
  'DATABASE_POOL_SIZE',
  'HASH_KEY',
  'HASH_KEYS_BEFORE',
  ...auditKeySettings,
  ...ariSettings,
  ...amiSettings,
  'HTTP_HOST',
  'HTTP_PORT',
  'METRICS_HOST',
  'METRICS_PORT',
  'PASSWORD_VALID_MINUTES',
  ...limits,
  'CALL_BACK',
  'MAX_CALLS',
  'RECORDINGS_DIRECTORY',
  'SMS_GATEWAY_URL',
  'SMS_GATEWAY_CA_FILE',
  'SMS_DEADLINE_MS',
] as const;

/** What it looks at, and whatever would keep the application from starting again: it is read before a restart. */
const settingsRead = [...new Set([...doctorSettings, ...serveSettings])];

type DoctorConfig = Pick<Config, (typeof doctorSettings)[number]>;

const marks = { ok: 'ok     ', warning: 'WARNING', danger: 'DANGER ', unknown: 'UNKNOWN' };

export function doctorCommand(): HotlineCommand {
  const command = new HotlineCommand('doctor', settingsRead);
  command
    .summary('examine the installation, say what to change')
    .description(
      'examine the running installation and say what to change; exit code 5: something is wrong, or could not be looked at',
    )
    .option(
      '--security',
      'check whether the installation is closed to strangers, instead of whether a caller would be served',
    )
    .option(...jsonOption)
    .example('hotline doctor', 'would a caller be served now?')
    .example('hotline doctor --security', 'is anything open to strangers?')
    .action(async ({ security = false, json = false }: { security?: boolean; json?: boolean }) => {
      process.exitCode = await runDoctor({ security, json });
    });
  return command;
}

/** Examines the installation that the settings name. Returns the exit code. */
export async function runDoctor(options: { security: boolean; json: boolean }): Promise<number> {
  const config = readSettings(settingsRead);
  const { secretPlaces } = await import('../doctor/examine.ts');
  return reportFindings({ ...optionsOf(config), secretPlaces, settingsFiles }, options);
}

/**
 * Prints what it found and what to change, and changes nothing. Returns the exit code.
 *
 * @param security check whether it is closed to strangers; otherwise whether a caller would be served now
 * @param json for programs
 */
export async function reportFindings(
  options: DoctorOptions,
  { security, json }: { security: boolean; json: boolean },
): Promise<number> {
  const { examineSecurity, examineService } = await import('../doctor/examine.ts');
  const found = await withProgress('examining the installation', () =>
    security ? examineSecurity(options) : examineService(options),
  );
  const findings = found.map(whereItStands);
  const bad = findings.filter(({ verdict }) => verdict === 'danger' || verdict === 'unknown').length;
  if (json)
    printReport(reportOf(findings, { examined: security ? 'security' : 'service', toBeChanged: bad }));
  else print(...findings.map(describe), `${findings.length} checks, ${bad} to be changed`);
  return bad > 0 ? toBeChanged : 0;
}

/** What is to be changed names documents as a checkout has them. */
function whereItStands({ change, ...finding }: Finding): Finding {
  return { ...finding, ...(change !== undefined && { change: placeDocuments(change) }) };
}

function describe({ verdict, title, detail, change }: Finding): string {
  return `${marks[verdict]}  ${title}: ${detail}${change === undefined ? '' : `\n         change: ${change}`}`;
}

/** Every finding has every name. */
function reportOf(findings: readonly Finding[], about: { examined: string; toBeChanged: number }) {
  const rows = findings.map(({ title, verdict, detail, change = null }) => ({
    check: title,
    verdict,
    found: detail,
    change,
  }));
  return { ...about, findings: rows };
}

function optionsOf(config: DoctorConfig): Omit<DoctorOptions, 'secretPlaces' | 'settingsFiles'> {
  return {
    ariUrl: config.ARI_URL,
    databaseUrl: config.DATABASE_URL,
    databasePoolSize: config.DATABASE_POOL_SIZE,
    smsGatewayUrl: config.SMS_GATEWAY_URL,
    httpHost: config.HTTP_HOST,
    httpPort: config.HTTP_PORT,
    metricsHost: config.METRICS_PORT === 0 ? null : config.METRICS_HOST,
    amiHost: config.AMI_HOST,
    limits: Object.fromEntries(
      limits.map((name) => [name, { value: config[name], shipped: Number(everySetting[name].default) }]),
    ),
    passwordValidMinutes: config.PASSWORD_VALID_MINUTES,
    hashKey: config.HASH_KEY,
    hashKeysBefore: config.HASH_KEYS_BEFORE,
    auditKey: config.AUDIT_KEY,
    auditKeysBefore: config.AUDIT_KEYS_BEFORE,
    callBack: config.CALL_BACK,
    maxCalls: config.MAX_CALLS,
    recordings: config.RECORDINGS_DIRECTORY,
    ami: amiOf(config),
    ari: ariOf(config),
    gateway: {
      url: config.SMS_GATEWAY_URL,
      authorities: config.SMS_GATEWAY_CA_FILE,
      deadlineMs: config.SMS_DEADLINE_MS,
    },
  };
}
