/** What the application reads, and from settings to what its parts are opened with. */
import type { Limits } from './accounts/limits.ts';
import { soundOf } from './call/prompts.ts';
import type { AmiOptions } from './asterisk/ami/ami.ts';
import type { AriAccess } from './asterisk/ari/ari-http.ts';
import { ConfigError, type Config, type SettingName } from './config.ts';
import type { CallBackOptions } from './hotline/call-back/orders.ts';
import type { ScriptSettings } from './hotline/context.ts';
import type { SmsGatewayOptions } from './notifications/sms-gateway.ts';

/** How the script asks and reads. */
export const scriptSettings = [
  'BHXH_CODE_LENGTHS',
  'PASSWORD_LENGTH',
  'PASSWORD_VALID_MINUTES',
  'FIRST_DIGIT_TIMEOUT_MS',
  'INTERDIGIT_TIMEOUT_MS',
  'ENTRIES_PER_CALL',
] as const satisfies readonly SettingName[];

/** The limits across calls. */
export const limitSettings = [
  'MISMATCHES_PER_PHONE_HOUR',
  'MISMATCHES_PER_PHONE_DAY',
  'MISMATCHES_PER_CODE_DAY',
  'RESETS_PER_ACCOUNT_DAY',
  'RESETS_APART_SECONDS',
  'CALLS_PER_PHONE',
] as const satisfies readonly SettingName[];

/** How Asterisk's REST interface is reached, and as which application. */
export const ariSettings = [
  'ARI_URL',
  'ARI_USERNAME',
  'ARI_PASSWORD',
  'ARI_CA_FILE',
  'ARI_APPLICATION',
  'HEP_PORT',
] as const satisfies readonly SettingName[];

/** How Asterisk's manager interface is reached. */
export const amiSettings = [
  'AMI_HOST',
  'AMI_PORT',
  'AMI_USERNAME',
  'AMI_PASSWORD',
] as const satisfies readonly SettingName[];

/** The settings of {@link amiSettings} as a session takes them. */
export function amiOf(config: Pick<Config, (typeof amiSettings)[number]>): AmiOptions {
  return {
    host: config.AMI_HOST,
    port: config.AMI_PORT,
    username: config.AMI_USERNAME,
    password: config.AMI_PASSWORD,
  };
}

/** The keys of the audit log. */
export const auditKeySettings = ['AUDIT_KEY', 'AUDIT_KEYS_BEFORE'] as const satisfies readonly SettingName[];

/** The keys of the audit log, for what makes or checks its rows and seals. */
export function auditKeysOf(config: Pick<Config, (typeof auditKeySettings)[number]>): {
  key: string;
  earlierKeys: readonly string[];
} {
  return { key: config.AUDIT_KEY, earlierKeys: config.AUDIT_KEYS_BEFORE };
}

/** What the application reads: `hotline serve`, and what `hotline run` and compose.yaml hand to it. */
export const serveSettings = [
  'DATABASE_URL',
  'DATABASE_DEADLINE_MS',
  'DATABASE_POOL_SIZE',
  'HASH_KEY',
  'HASH_KEYS_BEFORE',
  ...auditKeySettings,
  ...ariSettings,
  ...amiSettings,
  'NODE_NAME',
  'JOURNAL_DIRECTORY',
  'RECORDINGS_DIRECTORY',
  'HTTP_HOST',
  'HTTP_PORT',
  'HTTP_TRUSTED_PROXIES',
  'METRICS_HOST',
  'METRICS_PORT',
  'DEVELOPER_PAGES',
  'BROWSER_PHONE_PASSWORD',
  'LOGIN_DATABASE_URL',
  'MAX_CALLS',
  'DRAIN_SECONDS',
  'LOG_LEVEL',
  'LOG_FORMAT',
  ...scriptSettings,
  ...limitSettings,
  'CALL_BACK',
  'CALL_BACKS_PER_NUMBER_DAY',
  'CALL_BACKS_AT_ONCE',
  'CALL_BACK_RING_SECONDS',
  'CALL_BACK_DELAY_MS',
  'SMS_GATEWAY_URL',
  'SMS_GATEWAY_SECRET',
  'SMS_GATEWAY_SECRET_BEFORE',
  'SMS_GATEWAY_CA_FILE',
  'SMS_DEADLINE_MS',
  'SMS_MAX_ATTEMPTS',
  'SMS_MAX_AGE_HOURS',
  'KEEP_RESETS_DAYS',
  'CALL_STEPS_DAYS',
] as const satisfies readonly SettingName[];

/** The application's configuration. */
export type ServeConfig = Pick<Config, (typeof serveSettings)[number]>;

/** The limits across calls, as they are set. */
export function limitsOf(config: Pick<Config, (typeof limitSettings)[number]>): Limits {
  return {
    mismatchesPerPhoneHour: config.MISMATCHES_PER_PHONE_HOUR,
    mismatchesPerPhoneDay: config.MISMATCHES_PER_PHONE_DAY,
    mismatchesPerCodeDay: config.MISMATCHES_PER_CODE_DAY,
    resetsPerAccountDay: config.RESETS_PER_ACCOUNT_DAY,
    resetsApartMs: config.RESETS_APART_SECONDS * 1000,
    callsPerPhone: config.CALLS_PER_PHONE,
  };
}

/** How Asterisk's REST interface is reached, and as which application. */
export function ariOf(
  config: Pick<Config, (typeof ariSettings)[number]>,
): AriAccess & { application: string } {
  return {
    url: config.ARI_URL,
    username: config.ARI_USERNAME,
    password: config.ARI_PASSWORD,
    authorities: config.ARI_CA_FILE,
    application: config.ARI_APPLICATION,
  };
}

/** Null: no gateway is set. @throws ConfigError when its secret is missing */
export function gatewayOf(
  config: Pick<
    Config,
    | 'SMS_GATEWAY_URL'
    | 'SMS_GATEWAY_SECRET'
    | 'SMS_GATEWAY_SECRET_BEFORE'
    | 'SMS_GATEWAY_CA_FILE'
    | 'SMS_DEADLINE_MS'
  >,
): SmsGatewayOptions | null {
  const { SMS_GATEWAY_URL: url, SMS_GATEWAY_SECRET: secret, SMS_DEADLINE_MS: deadlineMs } = config;
  if (url === '') return null;
  if (secret === '') {
    throw new ConfigError(
      'SMS_GATEWAY_SECRET is not set: expected, beside SMS_GATEWAY_URL, at least 16 characters that the gateway knows too',
    );
  }
  const secretBefore = config.SMS_GATEWAY_SECRET_BEFORE || undefined;
  return { url, secret, secretBefore, authorities: config.SMS_GATEWAY_CA_FILE, deadlineMs };
}

/** When and how registered numbers are called back; null: call-backs are off. */
export function callBackRulesOf(
  config: Pick<
    Config,
    | 'CALL_BACK'
    | 'CALL_BACKS_PER_NUMBER_DAY'
    | 'CALL_BACKS_AT_ONCE'
    | 'CALL_BACK_RING_SECONDS'
    | 'CALL_BACK_DELAY_MS'
  >,
): Omit<CallBackOptions, 'line' | 'register'> | null {
  if (config.CALL_BACK === 'off') return null;
  return {
    mode: config.CALL_BACK,
    perNumberDay: config.CALL_BACKS_PER_NUMBER_DAY,
    atOnce: config.CALL_BACKS_AT_ONCE,
    ringMs: config.CALL_BACK_RING_SECONDS * 1000,
    delayMs: config.CALL_BACK_DELAY_MS,
  };
}

/** How the script asks and reads. @param soundLengths of every recording, ms */
export function scriptOf(
  config: Pick<Config, (typeof scriptSettings)[number]>,
  soundLengths: ReadonlyMap<string, number>,
): ScriptSettings {
  return {
    timings: {
      firstDigitTimeoutMs: config.FIRST_DIGIT_TIMEOUT_MS,
      interdigitTimeoutMs: config.INTERDIGIT_TIMEOUT_MS,
    },
    codeLengths: config.BHXH_CODE_LENGTHS,
    attemptsPerCall: config.ENTRIES_PER_CALL,
    passwordLength: config.PASSWORD_LENGTH,
    passwordValidMinutes: config.PASSWORD_VALID_MINUTES,
    speechMs: (sentence) =>
      sentence.reduce((sum, utterance) => sum + (soundLengths.get(soundOf(utterance)) ?? 0), 0),
  };
}
