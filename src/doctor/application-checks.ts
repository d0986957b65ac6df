/** The application's own settings, its database user and the hash it makes. */
import { hashPassword } from '../accounts/password-hash.ts';
import type { DatabaseFacts } from '../mysql/database-facts.ts';
import { expectThat, isLoopback, type Finding } from './finding.ts';

/** What is looked at of the configuration. */
export interface DoctorSettings {
  readonly ariUrl: string;
  readonly databaseUrl: string;
  readonly smsGatewayUrl: string;
  readonly httpHost: string;
  readonly amiHost: string;
  /** Limits by variable name; 0 means switched off. */
  readonly limits: Readonly<Record<string, number>>;
}

/** OWASP's minimum for argon2id. */
const leastHash = { m: 19456, t: 2, p: 1 };
const rightsToMuch = /\b(ALL PRIVILEGES|SUPER|FILE|PROCESS|SHUTDOWN|CREATE USER|DROP|ALTER|TRUNCATE)\b/;

export function checkSettings({ ariUrl, databaseUrl, smsGatewayUrl, httpHost, amiHost, limits }: DoctorSettings): Finding[] {
  const off = Object.entries(limits).flatMap(([name, value]) => (value === 0 ? [name] : []));
  const ari = new URL(ariUrl);
  const database = new URL(databaseUrl);
  const sealed = isLoopback(database.hostname) || database.searchParams.has('tls') || database.searchParams.has('tls-ca');
  return [
    expectThat('way to ARI', ari.protocol === 'https:' || isLoopback(ari.hostname), ari.host, 'ARI_URL: https, or an Asterisk on the same machine'),
    expectThat('way to AMI', isLoopback(amiHost), amiHost, 'AMI_HOST: loopback, or a tunnel that ends there; its login is plain text'),
    expectThat('way to the database', sealed, database.host, 'DATABASE_URL: add ?tls=required or ?tls-ca=/path/ca.pem'),
    expectThat('health page', isLoopback(httpHost), httpHost, 'HTTP_HOST: loopback, or let a firewall keep others away', 'warning'),
    expectThat(
      'SMS gateway',
      smsGatewayUrl !== '',
      smsGatewayUrl === '' ? 'not set' : 'set',
      'SMS_GATEWAY_URL: owners must hear of every reset; until then the messages wait',
      'warning',
    ),
    expectThat('limits', off.length === 0, off.length === 0 ? 'on' : `off: ${off.join(', ')}`, `set ${off.join(', ')} above 0`),
  ];
}

export function checkDatabase({ version, grants, flushAtCommit, isEncrypted }: DatabaseFacts): Finding[] {
  const tooMuch = grants.filter((grant) => rightsToMuch.test(grant) || /WITH GRANT OPTION/.test(grant));
  const canEditAudit = grants.some((grant) => /`audit_log`/.test(grant) && /\b(UPDATE|DELETE)\b/.test(grant));
  const isOld = /^(5|8\.[0-3])\.|^10\.([0-9]|10)\.|^11\.[0-3]\./.test(version);
  return [
    expectThat('database version', !isOld, version, 'MySQL 8.4 or later, MariaDB 10.11, 11.4 or later', 'warning'),
    expectThat(
      "rights of the application's database user",
      tooMuch.length === 0,
      tooMuch.length === 0 ? 'rows only' : `${tooMuch.length} grants too wide`,
      'give DATABASE_OWNER_URL another user, then run: npx hotline migrate',
    ),
    expectThat(
      'audit log closed to the application',
      tooMuch.length === 0 && !canEditAudit,
      canEditAudit ? 'may be changed' : tooMuch.length > 0 ? 'by those grants it may be changed' : 'INSERT and SELECT only',
      'revoke UPDATE and DELETE on audit_log',
    ),
    expectThat(
      'commits on the disk',
      flushAtCommit === '1',
      `innodb_flush_log_at_trx_commit=${flushAtCommit}`,
      'innodb_flush_log_at_trx_commit=1, or a reset told to a caller may be lost',
    ),
    { title: 'database connection', verdict: 'ok', detail: isEncrypted ? 'encrypted' : 'not encrypted (see: way to the database)' },
  ];
}

/** Looks at a hash as it is really made. */
export async function checkHash(): Promise<Finding[]> {
  const phc = await hashPassword('doctor');
  const parameters: Record<string, number> = Object.fromEntries(
    [...phc.matchAll(/\b([mtp])=(\d+)/g)].map(([, name, value]) => [name ?? '', Number(value)] as const),
  );
  const enough = phc.startsWith('$argon2id$') && Object.entries(leastHash).every(([name, least]) => (parameters[name] ?? 0) >= least);
  return [expectThat('password hash', enough, phc.split('$').slice(1, 4).join(' '), 'argon2id with at least m=19456,t=2,p=1')];
}
