/** Reads which codes are one person's, for an officer who has one of them. */
import { selectOn } from '../database/with-connection.ts';
import type { PersonCodes } from '../../registry/account-codes.ts';
import { codeTables, readCodes } from '../registry/account-codes.ts';
import { onAuditConnection } from './connection.ts';

/**
 * All codes of the person; the rows of their calls carry the keyed hash of the first, and of any that was keyed before
 * the registry knew whose it is.
 *
 * @throws AuditCommandFailed, SchemaError, DatabaseUrlError
 */
export function readCodesOf(databaseUrl: string, code: string): Promise<PersonCodes> {
  return onAuditConnection(databaseUrl, (connection) => readCodes({ select: selectOn(connection) }, code), {
    tables: codeTables,
  });
}
