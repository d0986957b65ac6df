/** The login page (examples/login/): what its database user may do. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { databaseErrorCode, describeDatabaseError } from '../mysql/database/database-error.ts';
import { selectOn, withConnection } from '../mysql/database/with-connection.ts';
import { checkout } from './run-state.ts';
import { StartError } from './start-error.ts';

const rights = join(checkout, 'examples/login/rights.sql');

/**
 * Grants what rights.sql says, and revokes what the user has from another version of it. Must run after `migrate`.
 *
 * @param ownerUrl DATABASE_OWNER_URL
 * @param loginUrl LOGIN_DATABASE_URL
 * @throws StartError (serviceFailed)
 */
export async function grantLoginRights(ownerUrl: string, loginUrl: string): Promise<void> {
  try {
    const granted = await readTableGrants(loginUrl);
    const statements = await readFile(rights, 'utf8');
    await withConnection(ownerUrl, { multipleStatements: true }, async (connection) => {
      for (const grant of granted)
        await connection.query(grant.replace(/^GRANT (.*) TO (.*)$/, 'REVOKE $1 FROM $2'));
      await connection.query(statements);
    });
  } catch (error) {
    throw databaseErrorCode(error) === null
      ? error
      : new StartError(
          'serviceFailed',
          `The rights of the login page could not be granted: ${describeDatabaseError(error)}.`,
        );
  }
}

/** As the server prints them. Read as the user itself, since the owner does not see what others were granted. */
function readTableGrants(url: string): Promise<string[]> {
  return withConnection(url, { selectDatabase: false, wholeSchema: false }, async (connection) => {
    const rows = await selectOn(connection)('SHOW GRANTS', []);
    return rows
      .map((row) => String(Object.values(row)[0]))
      .filter((grant) => / ON `\w+`\.`\w+` TO /.test(grant));
  });
}
