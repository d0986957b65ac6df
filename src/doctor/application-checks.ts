/** Are the application's own settings, and the hashes it makes, as safe as shipped? */
import { hashPassword } from '../accounts/password-hash.ts';
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
