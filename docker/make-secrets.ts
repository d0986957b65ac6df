/**
 * What compose.yaml's `secrets` service runs: makes the secrets of this installation, once, in
 * volumes that only the services concerned mount. None of them is in an image or in an environment.
 *
 *     node docker/make-secrets.ts /secrets
 *
 * Writes `prepare/env` (all of them), `application/env`, `pbx/*.conf` and `database/init.sql` below
 * the folder, readable for the group `hotline` that the images' users share.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { databaseStatements, ensureSecrets, pbxSecretFiles } from '../src/local/secrets.ts';
import { writePrivateFile } from '../src/local/run-state.ts';

const folder = process.argv[2] ?? '/secrets';
const owner = statSync(join(folder, 'application'));
const all = join(folder, 'prepare/env');
const application = join(folder, 'application/env');
const secrets = ensureSecrets({ env: all }, owner);
// The application is never the owner of the schema: it could change the audit log.
const lines = Object.entries(secrets).filter(([name]) => name !== 'DATABASE_OWNER_URL');
writePrivateFile(application, lines.map(([name, value]) => `${name}=${value}\n`).join(''), owner, 0o600);
const files = { ...pbxSecretFiles(secrets), 'init.sql': databaseStatements(secrets) };
for (const [name, text] of Object.entries(files)) {
  writePrivateFile(join(folder, name === 'init.sql' ? 'database' : 'pbx', name), text, owner, 0o640);
}
