/**
 * The one reader of the environment. Every port, path and limit of the application is here, with
 * its default; the table in the README is made from {@link settings}.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const port = z.coerce.number().int().min(1).max(65535);
const secret = z.string().min(8);
const milliseconds = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

/** One environment variable: what it means, what is allowed, and what it is when unset. */
interface Setting {
  readonly schema: z.ZodType;
  /** Absent: the variable must be set. */
  readonly default?: string;
  /** What is allowed, as an error message and the README say it. */
  readonly allowed: string;
  readonly meaning: string;
}

const settings = {
  DATABASE_URL: {
    schema: z.url({ protocol: /^mysql$/ }),
    allowed: 'mysql://user:password@host:port/database',
    meaning: 'The registry: MySQL 8.4 or later, or MariaDB 10.11 or later',
  },
  ARI_URL: {
    schema: z.url({ protocol: /^https?$/ }),
    allowed: 'http://host:port or https://host:port',
    meaning: "Asterisk's HTTP server, without /ari",
  },
  ARI_USERNAME: { schema: z.string().min(1), allowed: 'a name', meaning: 'User of ari.conf' },
  ARI_PASSWORD: { schema: secret, allowed: 'at least 8 characters', meaning: 'Its password' },
  ARI_APPLICATION: {
    schema: z.string().regex(/^[a-z][a-z0-9-]*$/),
    default: 'hotline',
    allowed: 'lower-case letters, digits and hyphens',
    meaning: 'Name given to Stasis() in the dialplan',
  },
  AMI_HOST: { schema: z.string().min(1), default: '127.0.0.1', allowed: 'a host name or address', meaning: "Asterisk's manager interface" },
  AMI_PORT: { schema: port, default: '5038', allowed: '1 to 65535', meaning: 'Its port' },
  AMI_USERNAME: { schema: z.string().min(1), allowed: 'a name', meaning: 'User of manager.conf' },
  AMI_PASSWORD: { schema: secret, allowed: 'at least 8 characters', meaning: 'Its password' },
  HTTP_HOST: { schema: z.string().min(1), default: '127.0.0.1', allowed: 'an address of this machine', meaning: 'Where /health is served' },
  HTTP_PORT: { schema: port, default: '8080', allowed: '1 to 65535', meaning: 'Its port' },
  LOG_LEVEL: {
    schema: z.enum(['error', 'warn', 'info', 'debug']),
    default: 'info',
    allowed: 'error, warn, info or debug',
    meaning: 'How much is logged; no level holds a secret',
  },
  LOG_FORMAT: {
    schema: z.enum(['json', 'pretty']),
    default: 'json',
    allowed: 'json or pretty',
    meaning: 'One JSON object a line, or lines for people',
  },
  BHXH_CODE_LENGTHS: {
    schema: z.enum(['10', '12', '10,12']).transform((text) => text.split(',').map(Number)),
    default: '10',
    allowed: '10, 12 or 10,12',
    meaning: 'Accepted lengths of the code; each has its own announcement',
  },
  PASSWORD_LENGTH: { schema: z.coerce.number().int().min(6).max(12), default: '8', allowed: '6 to 12', meaning: 'Digits of a new password' },
  PASSWORD_VALID_MINUTES: {
    schema: z.enum(['0', '5', '10']).transform(Number),
    default: '10',
    allowed: '0 (no expiry), 5 or 10',
    meaning: 'Validity of a new password after its last reading; each has its own announcement',
  },
  FIRST_DIGIT_TIMEOUT_MS: {
    schema: milliseconds(3000, 20000),
    default: '7000',
    allowed: '3000 to 20000',
    meaning: 'Silence after a question before it is asked again',
  },
  INTERDIGIT_TIMEOUT_MS: {
    schema: milliseconds(2000, 15000),
    default: '5000',
    allowed: '2000 to 15000',
    meaning: 'Silence between two keys before the entry counts as complete',
  },
  DATABASE_DEADLINE_MS: { schema: milliseconds(500, 2500), default: '2000', allowed: '500 to 2500', meaning: 'Longest wait for one answer of the registry' },
  DATABASE_POOL_SIZE: { schema: z.coerce.number().int().min(1).max(200), default: '20', allowed: '1 to 200', meaning: 'Connections to the registry' },
} satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;

/** The validated configuration, by variable name. */
export type Config = { readonly [Name in SettingName]: z.output<(typeof settings)[Name]['schema']> };

/** A variable is missing or has a value that is not allowed. The message never holds the value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads all settings, or only those named: a command that talks to the database alone must not
 * ask for the PBX's password.
 *
 * @throws ConfigError naming every wrong variable and what it may be, one a line.
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  return readSettings(Object.keys(settings) as SettingName[], environment);
}

/** As {@link readConfig}, for the named settings only. */
export function readSettings<Name extends SettingName>(names: readonly Name[], environment: NodeJS.ProcessEnv = process.env): Pick<Config, Name> {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const name of names) {
    const setting: Setting = settings[name];
    const text = environment[name] || setting.default;
    const result = setting.schema.safeParse(text);
    if (result.success) values[name] = result.data;
    else problems.push(`${name} ${text === undefined ? 'is not set' : 'has a value that is not allowed'}: expected ${setting.allowed}`);
  }
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return values as Pick<Config, Name>;
}

/**
 * Takes what the environment does not set from the run state of this checkout, if it was ever
 * started, so that `npx hotline import` and the like need no set-up.
 */
export function loadRunState(): void {
  const file = join(import.meta.dirname, '../.hotline/env');
  if (existsSync(file)) process.loadEnvFile(file);
}

/** The rows of the README's configuration table. */
export function describeSettings(): { name: string; default: string; allowed: string; meaning: string }[] {
  return Object.entries<Setting>(settings).map(([name, { default: fallback, allowed, meaning }]) => ({
    name,
    default: fallback ?? 'required',
    allowed,
    meaning,
  }));
}
