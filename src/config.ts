/** The one reader of the environment. */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import type { Limits } from './accounts/limits.ts';
import { isOpenTo } from './machine/file-mode.ts';
import { settings, type Setting } from './settings.ts';

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
export function readSettings<Name extends SettingName>(
  names: readonly Name[],
  environment: NodeJS.ProcessEnv = process.env,
): Pick<Config, Name> {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const name of names) {
    const setting: Setting = settings[name];
    const text = environment[name] || setting.default;
    const result = setting.schema.safeParse(text);
    if (result.success) values[name] = result.data;
    else
      problems.push(
        `${name} ${text === undefined ? 'is not set' : 'has a value that is not allowed'}: expected ${setting.allowed}`,
      );
  }
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return values as Pick<Config, Name>;
}

const runStateFile = join(import.meta.dirname, '../.hotline/env');

/**
 * Takes what the environment does not set from the run state of this checkout, if it was ever
 * started, so that `npx hotline import` and the like need no set-up.
 */
export function loadRunState(file = runStateFile): void {
  try {
    accessSync(file, constants.R_OK);
  } catch {
    return; // never started; or we are one of the services, which get their own part by environment and may not read the whole
  }
  // Whoever names another database must not work in this checkout's as its owner.
  if (process.env['DATABASE_URL']) process.env['DATABASE_OWNER_URL'] ??= '';
  process.loadEnvFile(file);
}

/**
 * The run state's settings hold every secret of the installation.
 *
 * @throws ConfigError naming the file, when others than its owner and group can read it, or change it
 */
export function requirePrivateRunState(): void {
  if (!isOpenTo(0o027, runStateFile)) return;
  throw new ConfigError(
    `${runStateFile} can be read or changed by other users, so its secrets may be known: put new ones into it and give it mode 0600`,
  );
}

/** The limits across calls, as they are set. */
export function limitsOf(config: Config): Limits {
  return {
    mismatchesPerPhoneHour: config.MISMATCHES_PER_PHONE_HOUR,
    mismatchesPerPhoneDay: config.MISMATCHES_PER_PHONE_DAY,
    mismatchesPerCodeDay: config.MISMATCHES_PER_CODE_DAY,
    resetsPerAccountDay: config.RESETS_PER_ACCOUNT_DAY,
    resetsApartMs: config.RESETS_APART_SECONDS * 1000,
    callsPerPhone: config.CALLS_PER_PHONE,
  };
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
