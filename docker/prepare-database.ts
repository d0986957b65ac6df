/**
 * What compose.yaml's `prepare` service runs: the schema of this version and, with `--demo`, the
 * demo citizens that `make run` loads too.
 */
import { loadRunState, readSettings } from '../src/config.ts';
import { loadDemoCitizens } from '../src/mysql/demo-citizens.ts';
import { migrateCommand } from '../src/mysql/migrate-command.ts';

loadRunState();
const { DATABASE_URL: databaseUrl } = readSettings(['DATABASE_URL']);
await migrateCommand({ databaseUrl });
if (process.argv.includes('--demo')) await loadDemoCitizens(databaseUrl);
