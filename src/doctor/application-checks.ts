/** The application's own settings, its database user and the hash it makes. */
import { hashPassword } from '../accounts/password-hash.ts';
import type { DatabaseFacts } from '../mysql/database/database-facts.ts';
import { isLoopback } from '../machine/loopback.ts';
import { expectThat, type Finding } from './finding.ts';

/** What is looked at of the configuration. */
export interface DoctorSettings {
  readonly ariUrl: string;
  readonly databaseUrl: string;
  readonly smsGatewayUrl: string;
  readonly httpHost: string;
  readonly amiHost: string;
  /** What is set and what is shipped, by variable name. */
  readonly limits: Readonly<Record<string, { readonly value: number; readonly shipped: number }>>;
  readonly passwordValidMinutes: number;
  readonly hashKey: string;
  readonly auditKey: string;
}

/** OWASP's minimum for argon2id. */
const minHash = { m: 19456, t: 2, p: 1 };
/** The one limit that is weaker when it is smaller. */
const distance = 'RESETS_APART_SECONDS';

export function checkSettings(settings: DoctorSettings): Finding[] {
  const { smsGatewayUrl, passwordValidMinutes } = settings;
  return [
    ...checkWays(settings),
    checkGateway(smsGatewayUrl),
    checkLimits(settings),
    expectThat(
      'validity of a password',
      passwordValidMinutes > 0,
      passwordValidMinutes > 0 ? `${passwordValidMinutes} minutes` : 'for ever',
      'PASSWORD_VALID_MINUTES above 0; 0 is for registries that cannot enforce it',
      'warning',
    ),
    checkKeys(settings),
  ];
}

/** Personal data and logins cross no network in the clear. */
function checkWays({ ariUrl, amiHost, databaseUrl, httpHost }: DoctorSettings): Finding[] {
  const [ari, database] = [new URL(ariUrl), new URL(databaseUrl)];
  const sealed =
    isLoopback(database.hostname) || database.searchParams.has('tls') || database.searchParams.has('tls-ca');
  return [
    expectThat(
      'way to ARI',
      ari.protocol === 'https:' || isLoopback(ari.hostname),
      ari.host,
      'ARI_URL: https, or an Asterisk on the same machine',
    ),
    expectThat(
      'way to AMI',
      isLoopback(amiHost),
      amiHost,
      'AMI_HOST: loopback, or a tunnel that ends there; its login is plain text',
    ),
    expectThat(
      'way to the database',
      sealed,
      database.host,
      'DATABASE_URL: add ?tls=required or ?tls-ca=/path/ca.pem',
    ),
    expectThat(
      'health page',
      isLoopback(httpHost),
      httpHost,
      'HTTP_HOST: loopback, or let a firewall keep others away',
      'warning',
    ),
  ];
}

function checkGateway(gateway: string): Finding {
  const url = URL.parse(gateway);
  const reached = url !== null && !isLoopback(url.hostname);
  const detail =
    url === null ? 'not set' : reached ? url.protocol.replace(':', '') : 'a receiver on this machine';
  const change = 'SMS_GATEWAY_URL=https://…: owners must hear of every reset; until then they hear of none';
  return expectThat(
    'SMS gateway',
    reached && url.protocol === 'https:',
    detail,
    change,
    reached ? 'danger' : 'warning',
  );
}

function checkLimits({ limits }: DoctorSettings): Finding {
  const weaker = Object.entries(limits)
    .filter(([name, { value, shipped }]) => (name === distance ? value < shipped : value > shipped))
    .map(([name, { value, shipped }]) => `${name}=${value} (shipped: ${shipped})`);
  return expectThat(
    'limits',
    weaker.length === 0,
    weaker.join(', ') || 'as shipped, or stricter',
    'set the shipped values, or know why yours are enough (docs/adr/0013-limits.md)',
  );
}

/** The configuration accepts any 64 hexadecimal digits; whether somebody made them up is seen by how they look. */
function checkKeys({ hashKey, auditKey }: DoctorSettings): Finding {
  const isRandom = (key: string) => new Set(key).size >= 10;
  const wrong = [
    ...(isRandom(hashKey) ? [] : ['HASH_KEY']),
    ...(isRandom(auditKey) && auditKey !== hashKey ? [] : ['AUDIT_KEY']),
  ];
  return expectThat(
    'keys',
    wrong.length === 0,
    wrong.length === 0 ? 'both set, and different' : `made up or used twice: ${wrong.join(', ')}`,
    `${wrong.join(', ')}: the output of "openssl rand -hex 32", each its own`,
  );
}

export function checkDatabase({
  version,
  grants,
  flushAtCommit,
  isEncrypted,
  unsealedLate,
}: DatabaseFacts): Finding[] {
  // To whole databases, or by a role, into which this cannot look.
  const wide = grants.filter(
    (grant) =>
      (/ ON (\*|`[^`]+`|[^.` ]+)\.\* TO /.test(grant) && !/^GRANT USAGE ON/.test(grant)) ||
      !/ ON /.test(grant),
  );
  const tooMuch = [
    ...wide,
    ...grants.filter(
      (grant) =>
        !wide.includes(grant) && /WITH GRANT OPTION|ALL PRIVILEGES|\b(DROP|ALTER|TRIGGER)\b/.test(grant),
    ),
  ];
  const auditEdits = grants.filter(
    (grant) => /`audit_\w+`/.test(grant) && /\b(UPDATE|DELETE|DROP|ALTER|ALL)\b/.test(grant),
  );
  const isOld = /^(5|8\.[0-3])\.|^10\.([0-9]|10)\.|^11\.[0-3]\./.test(version);
  return [
    expectThat(
      'database version',
      !isOld,
      version,
      'MySQL 8.4 or later, MariaDB 10.11, 11.4 or later',
      'warning',
    ),
    expectThat(
      "rights of the application's database user",
      tooMuch.length === 0,
      tooMuch.length === 0 ? 'rows of single tables' : `${tooMuch.length} grants too wide`,
      'revoke them and give DATABASE_OWNER_URL another user, then run: npx hotline migrate',
    ),
    expectThat(
      'audit log closed to the application',
      tooMuch.length + auditEdits.length === 0,
      auditEdits.length > 0
        ? 'may be changed'
        : tooMuch.length > 0
          ? 'by those grants it may be changed'
          : 'INSERT and SELECT only',
      'revoke all but INSERT and SELECT on audit_log and audit_seals',
    ),
    expectThat(
      'sealing of the audit log',
      unsealedLate === 0,
      unsealedLate === 0
        ? 'no call of more than a minute ago waits'
        : `${unsealedLate} calls of more than a minute ago are not sealed`,
      'look for "audit" in the log of hotline serve, then run: npx hotline audit verify',
    ),
    expectThat(
      'commits on the disk',
      flushAtCommit === '1',
      `innodb_flush_log_at_trx_commit=${flushAtCommit}`,
      'innodb_flush_log_at_trx_commit=1, or a reset told to a caller may be lost',
    ),
    {
      title: 'database connection',
      verdict: 'ok',
      detail: isEncrypted ? 'encrypted' : 'not encrypted (see: way to the database)',
    },
  ];
}

/** Looks at a hash as it is really made. */
export async function checkHash(): Promise<Finding[]> {
  const phc = await hashPassword('doctor');
  const parameters: Record<string, number> = Object.fromEntries(
    [...phc.matchAll(/\b([mtp])=(\d+)/g)].map(([, name, value]) => [name ?? '', Number(value)] as const),
  );
  const enough =
    phc.startsWith('$argon2id$') &&
    Object.entries(minHash).every(([name, least]) => (parameters[name] ?? 0) >= least);
  return [
    expectThat(
      'password hash',
      enough,
      phc.split('$').slice(1, 4).join(' '),
      'argon2id with at least m=19456,t=2,p=1',
    ),
  ];
}
