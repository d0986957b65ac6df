/**
 * What compose.yaml's `prepare` service runs: the schema of this version and, with `--demo`, the
 * demo citizens that `make run` loads too.
 */
import { loadRunState, readSettings } from '../src/config.ts';
import { loadDemoCitizens } from '../src/mysql/import/demo-citizens.ts';
import { migrateCommand } from '../src/commands/migrate.ts';

loadRunState();
const { DATABASE_URL: databaseUrl, DATABASE_OWNER_URL: ownerUrl } = readSettings([
  'DATABASE_URL',
  'DATABASE_OWNER_URL',
]);
await migrateCommand({ databaseUrl, ownerUrl });
if (process.argv.includes('--demo')) await loadDemoCitizens(ownerUrl || databaseUrl);
