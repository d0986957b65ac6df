/**
 * What compose.yaml's `secrets` service runs: makes the secrets of this installation, once, in
 * volumes that only the services concerned mount. No image and no environment holds one.
 *
 *     node docker/make-secrets.ts /secrets
 *
 * Writes below the folder, readable for the group `hotline` that the images' users share: `all/env`, which
 * no other service mounts, and what each service reads of it: `application/env`, `prepare/env`, `owner/env`,
 * `doctor/env`, `sms/env`, `pbx/*.conf` and `database/init.sql`.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { doctorSettings } from '../src/commands/doctor.ts';
import { migrateSettings } from '../src/commands/migrate.ts';
import { writePrivateFile } from '../src/local/run-state.ts';
import { databaseStatements, ensureSecrets, localGateway, pbxSecretFiles } from '../src/local/secrets.ts';
import { envLine } from '../src/machine/env-file.ts';
import { auditKeySettings, serveSettings } from '../src/serve-settings.ts';

const folder = process.argv[2] ?? '/secrets';
const owner = statSync(join(folder, 'application'));
const all = join(folder, 'all/env');
const secrets = ensureSecrets({ env: all }, owner);

// The application never holds the rights of the schema's owner, who could change the audit log.
writeEnvironment('application', secrets, serveSettings);
writeEnvironment('prepare', secrets, migrateSettings);
writeEnvironment('owner', secrets, [...migrateSettings, ...auditKeySettings]);
writeEnvironment('doctor', secrets, doctorSettings);
const receiver = { ...secrets, SMS_RECEIVER_PORT: new URL(localGateway).port };
writeEnvironment('sms', receiver, ['SMS_GATEWAY_SECRET', 'SMS_RECEIVER_PORT']);
for (const [name, text] of Object.entries(pbxSecretFiles(secrets)))
  writePrivateFile(join(folder, 'pbx', name), text, owner, 0o640);
writePrivateFile(join(folder, 'database/init.sql'), databaseStatements(secrets), owner, 0o640);

/** Writes what a service reads of these values, and no more. */
function writeEnvironment(service: string, values: Record<string, string>, names: readonly string[]): void {
  const lines = Object.entries(values).flatMap(([name, value]) =>
    names.includes(name) ? [envLine(name, value)] : [],
  );
  writePrivateFile(join(folder, service, 'env'), lines.join(''), owner, 0o600);
}
