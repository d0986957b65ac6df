/** `npx hotline migrate` */
import { migrate } from '../mysql/schema/migrate.ts';

/**
 * Brings the database to this program's schema, gives the application's user its rights, and says
 * on standard output what was done. With an empty `ownerUrl` one user serves for everything.
 *
 * @throws MigrationFailed, DatabaseUrlError: exit code 1
 */
export async function migrateCommand(options: { databaseUrl: string; ownerUrl?: string }): Promise<void> {
  const { applied, version, warning } = await migrate(options.ownerUrl || options.databaseUrl, {
    applicationUrl: options.databaseUrl,
  });
  for (const name of applied) process.stdout.write(`migration ${name}: done\n`);
  process.stdout.write(
    `the database has schema version ${version}${applied.length === 0 ? ' already' : ''}\n`,
  );
  if (warning !== null) process.stderr.write(`hotline: warning: ${warning}\n`);
}
