/**
 * What compose.yaml's `prepare` service runs: the schema of this version and, with `--demo`, the
 * demo citizens that `make run` loads too.
 */
import { migrateDatabase } from '../src/commands/migrate.ts';
import { readSettings } from '../src/config.ts';
import { loadDemoCitizens } from '../src/mysql/import/demo-citizens.ts';

await migrateDatabase();
if (process.argv.includes('--demo')) {
  const { DATABASE_URL, DATABASE_OWNER_URL } = readSettings(['DATABASE_URL', 'DATABASE_OWNER_URL']);
  await loadDemoCitizens(DATABASE_OWNER_URL || DATABASE_URL);
}
