/**
 * What compose.yaml's `secrets` service runs: makes the secrets of this installation, once, in
 * volumes that only the services concerned mount. None of them is in an image or in an environment.
 *
 *     node docker/make-secrets.ts /secrets
 *
 * Writes `application/env`, `pbx/*.conf` and `database/init.sql` below the folder, readable for the
 * group `hotline` that the images' users share.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { databaseStatements, ensureSecrets, pbxSecretFiles } from '../src/local/secrets.ts';
import { writePrivateFile } from '../src/local/run-state.ts';

const folder = process.argv[2] ?? '/secrets';
const owner = statSync(join(folder, 'application'));
const secrets = ensureSecrets({ env: join(folder, 'application/env') }, owner);
const files = { ...pbxSecretFiles(secrets), 'init.sql': databaseStatements(secrets) };
for (const [name, text] of Object.entries(files)) {
  writePrivateFile(join(folder, name === 'init.sql' ? 'database' : 'pbx', name), text, owner, 0o640);
}
