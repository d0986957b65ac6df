/** Is the database recent and durable, and is the application's user limited to what it needs? */
import type { DatabaseFacts } from '../mysql/database/database-facts.ts';
import { isWideGrant, listRights, type RightsFault } from '../mysql/schema/application-rights.ts';
import { checkServer } from './database-server-checks.ts';
import { expectThat, type Finding } from './finding.ts';

/** @param poolSize DATABASE_POOL_SIZE */
export function checkDatabase(facts: DatabaseFacts, poolSize: number): Finding[] {
  return [
    checkDatabaseVersion(facts),
    ...checkGrants(facts),
    checkSealing(facts),
    ...checkServer(facts, poolSize),
    {
      title: 'database connection',
      verdict: 'ok',
      detail: facts.isEncrypted ? 'encrypted' : 'not encrypted (see: connection to the database)',
    },
  ];
}

function checkDatabaseVersion({ version }: DatabaseFacts): Finding {
  const isOld = /^(5|8\.[0-3])\.|^10\.([0-9]|10)\.|^11\.[0-3]\./.test(version);
  return expectThat(
    'database version',
    !isOld,
    version,
    'MySQL 8.4 or later, MariaDB 10.11, 11.4 or later',
    'warning',
  );
}

/** Rights that the application's user does not need: on any table, and on the audit log. */
function checkGrants({ grants, rights }: DatabaseFacts): Finding[] {
  const tooMuch = grants.filter((grant) => isWideGrant(grant) || changesSchema(grant));
  // audit_sweep saves work and proves nothing.
  const auditEdits = grants.filter(
    (grant) => /`audit_(?!sweep`)\w+`/.test(grant) && /\b(UPDATE|DELETE|DROP|ALTER|ALL)\b/.test(grant),
  );
  return [
    expectThat(
      "rights of the application's database user",
      tooMuch.length === 0,
      tooMuch.length === 0 ? 'only rows of single tables' : `${tooMuch.length} grants are too wide`,
      'revoke them, give DATABASE_OWNER_URL a user of its own, then run: hotline migrate',
    ),
    ...(rights === null ? [] : [checkRights(rights, tooMuch.length > 0)]),
    expectThat(
      'audit log closed to the application',
      tooMuch.length + auditEdits.length === 0,
      auditEdits.length > 0
        ? 'can be changed'
        : tooMuch.length > 0
          ? 'can be changed through those grants'
          : 'INSERT and SELECT only',
      'revoke all but INSERT and SELECT on audit_log and audit_seals',
    ),
  ];
}

/** @param isWide there are grants beyond single tables, which may stand for what is missing */
function checkRights({ excess, missing }: RightsFault, isWide: boolean): Finding {
  const wrong = [
    ...(excess.length === 0 ? [] : [`too much: ${listRights(excess)}`]),
    ...(missing.length === 0 || isWide ? [] : [`missing: ${listRights(missing)}`]),
  ];
  return expectThat(
    'rights to single tables',
    wrong.length === 0,
    wrong.join('; ') || 'as the application needs them; it reads no password hash',
    'run: hotline migrate, which grants what is needed and revokes the rest',
  );
}

function changesSchema(grant: string): boolean {
  return /WITH GRANT OPTION|ALL PRIVILEGES|\b(DROP|ALTER|TRIGGER)\b/.test(grant);
}

function checkSealing({ rows }: DatabaseFacts): Finding {
  const unsealedLate = rows?.unsealedLate ?? 0;
  return expectThat(
    'sealing of the audit log',
    unsealedLate === 0,
    unsealedLate === 0
      ? 'up to date'
      : `${unsealedLate} calls that ended more than a minute ago are not sealed`,
    'look for "audit" in the log of hotline serve, then run: hotline audit verify',
  );
}
