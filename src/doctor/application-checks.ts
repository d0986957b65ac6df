/** Are the application's own settings, and the hashes it makes, as safe as shipped? */
import { hashPassword } from '../accounts/password-hash.ts';
import { isLoopback } from '../machine/loopback.ts';
import { expectThat, type Finding } from './finding.ts';

/** The settings that are checked. */
export interface DoctorSettings {
  readonly ariUrl: string;
  readonly databaseUrl: string;
  readonly smsGatewayUrl: string;
  readonly httpHost: string;
  /** METRICS_HOST; null: no metrics are served. */
  readonly metricsHost: string | null;
  readonly amiHost: string;
  /** The value and the shipped value of each limit, by variable name. */
  readonly limits: Readonly<Record<string, { readonly value: number; readonly shipped: number }>>;
  readonly passwordValidMinutes: number;
  readonly hashKey: string;
  readonly hashKeysBefore: readonly string[];
  readonly auditKey: string;
  readonly auditKeysBefore: readonly string[];
}

/** OWASP's minimum parameters for argon2id. */
const minHash = { m: 19456, t: 2, p: 1 };
/** The one limit that is weaker when it is lower. */
const minDistance = 'RESETS_APART_SECONDS';

export function checkSettings(settings: DoctorSettings): Finding[] {
  const { smsGatewayUrl, passwordValidMinutes } = settings;
  return [
    ...checkConnections(settings),
    checkGateway(smsGatewayUrl),
    checkLimits(settings),
    expectThat(
      'validity of a password',
      passwordValidMinutes > 0,
      passwordValidMinutes > 0 ? `${passwordValidMinutes} minutes` : 'no expiry',
      'PASSWORD_VALID_MINUTES above 0; 0 is for a login side that cannot enforce an expiry',
      'warning',
    ),
    checkKeys(settings),
  ];
}

/** Personal data and logins cross no network unencrypted. */
function checkConnections({
  ariUrl,
  amiHost,
  databaseUrl,
  httpHost,
  metricsHost,
}: DoctorSettings): Finding[] {
  const [ari, database] = [new URL(ariUrl), new URL(databaseUrl)];
  const isEncrypted =
    isLoopback(database.hostname) || database.searchParams.has('tls') || database.searchParams.has('tls-ca');
  return [
    expectThat(
      'connection to ARI',
      ari.protocol === 'https:' || isLoopback(ari.hostname),
      `${ari.host}, ${ari.protocol === 'https:' ? 'TLS' : 'not encrypted'}`,
      'ARI_URL: use https (docs/admin.md, "An Asterisk on another machine"), or an Asterisk on this machine',
    ),
    expectThat(
      'connection to AMI',
      isLoopback(amiHost),
      amiHost,
      'AMI_HOST: use loopback, or the local end of a tunnel; AMI logs in unencrypted',
    ),
    expectThat(
      'connection to the database',
      isEncrypted,
      database.host,
      'DATABASE_URL: add ?tls=required or ?tls-ca=/path/ca.pem',
    ),
    expectThat(
      'health page',
      isLoopback(httpHost),
      httpHost,
      'HTTP_HOST: use loopback, or close the port to others in a firewall',
      'warning',
    ),
    expectThat(
      'metrics',
      metricsHost === null || isLoopback(metricsHost),
      metricsHost ?? 'not served',
      'METRICS_HOST: use loopback, or open the port to Prometheus alone in a firewall',
      'warning',
    ),
  ];
}

function checkGateway(gateway: string): Finding {
  const url = URL.parse(gateway);
  const isReal = url !== null && !isLoopback(url.hostname);
  const detail =
    url === null ? 'not set' : isReal ? url.protocol.replace(':', '') : 'a receiver on this machine';
  const change = 'set SMS_GATEWAY_URL=https://…; until then no owner is told of a reset';
  return expectThat(
    'SMS gateway',
    isReal && url.protocol === 'https:',
    detail,
    change,
    isReal ? 'danger' : 'warning',
  );
}

function checkLimits({ limits }: DoctorSettings): Finding {
  const weaker = Object.entries(limits)
    .filter(([name, { value, shipped }]) => (name === minDistance ? value < shipped : value > shipped))
    .map(([name, { value, shipped }]) => `${name}=${value} (shipped: ${shipped})`);
  return expectThat(
    'limits',
    weaker.length === 0,
    weaker.join(', ') || 'as shipped, or stricter',
    'set the shipped values, or be sure that yours are strict enough (docs/adr/0013-limits.md)',
  );
}

/** The settings accept any 64 hexadecimal digits. Keys with few different digits were not drawn at random. */
function checkKeys({ hashKey, hashKeysBefore, auditKey, auditKeysBefore }: DoctorSettings): Finding {
  const isRandom = (key: string) => new Set(key).size >= 10;
  const isNew = (key: string, ...others: string[]) => isRandom(key) && !others.includes(key);
  const wrong = [
    ...(isNew(hashKey, ...hashKeysBefore) ? [] : ['HASH_KEY']),
    ...(isNew(auditKey, hashKey, ...auditKeysBefore, ...hashKeysBefore) ? [] : ['AUDIT_KEY']),
  ];
  return expectThat(
    'keys',
    wrong.length === 0,
    wrong.length === 0 ? 'random, and different' : `not random, or used twice: ${wrong.join(', ')}`,
    `${wrong.join(', ')}: set the output of "openssl rand -hex 32", another one for each`,
  );
}

/** Makes a hash as for a caller, and checks its parameters. */
export async function checkHash(): Promise<Finding[]> {
  const phc = await hashPassword('doctor');
  const parameters: Record<string, number> = Object.fromEntries(
    [...phc.matchAll(/\b([mtp])=(\d+)/g)].map(([, name, value]) => [name ?? '', Number(value)] as const),
  );
  const isStrong =
    phc.startsWith('$argon2id$') &&
    Object.entries(minHash).every(([name, min]) => (parameters[name] ?? 0) >= min);
  return [
    expectThat(
      'password hash',
      isStrong,
      phc.split('$').slice(1, 4).join(' '),
      'argon2id with at least m=19456,t=2,p=1',
    ),
  ];
}
