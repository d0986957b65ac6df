/** `npx hotline migrate` */
import { migrate } from './migrate.ts';

/**
 * Brings the database to this program's schema and says on standard output what was done.
 *
 * @throws MigrationFailed, DatabaseUrlError: exit code 1
 */
export async function migrateCommand(options: { databaseUrl: string }): Promise<void> {
  const { applied, version } = await migrate(options.databaseUrl);
  for (const name of applied) process.stdout.write(`migration ${name}: done\n`);
  process.stdout.write(`the database has schema version ${version}${applied.length === 0 ? ' already' : ''}\n`);
}
