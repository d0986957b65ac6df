/** `hotline migrate [--json]` */
import { readSettings } from '../config.ts';
import { HotlineCommand } from './hotline-command.ts';
import { jsonOption, print, printReport } from './print.ts';
import { withProgress } from './progress.ts';

export const migrateSettings = ['DATABASE_URL', 'DATABASE_OWNER_URL'] as const;

export function migrateCommand(): HotlineCommand {
  const command = new HotlineCommand('migrate', migrateSettings);
  command
    .summary("bring the database to this version's schema")
    .description('bring the database to the schema of this version')
    .option(...jsonOption)
    .example('hotline migrate', 'after an update, and once before the first start')
    .action(migrateDatabase);
  return command;
}

/**
 * Brings the database to this program's schema, gives the application's user its rights, and prints
 * what was done. Without an owner one user serves for everything.
 *
 * @throws MigrationFailed, DatabaseUrlError
 */
export async function migrateDatabase({ json = false }: { json?: boolean } = {}): Promise<void> {
  const { DATABASE_URL, DATABASE_OWNER_URL } = readSettings(migrateSettings);
  const { migrate } = await import('../mysql/schema/migrate.ts');
  const { applied, version, warning } = await withProgress('migrating the database', () =>
    migrate(DATABASE_OWNER_URL || DATABASE_URL, { applicationUrl: DATABASE_URL }),
  );
  if (json) return printReport({ applied, version, warning });
  for (const name of applied) print(`migration ${name}: done`);
  print(`the database has schema version ${version}${applied.length === 0 ? ' already' : ''}`);
  if (warning !== null) process.stderr.write(`hotline: warning: ${warning}\n`);
}
