/** Turns `DATABASE_URL` into options of mysql2. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { getCACertificates } from 'node:tls';
import type { ConnectionOptions } from 'mysql2/promise';
import { ExpectedError } from '../../expected-error.ts';

/** `DATABASE_URL` cannot be used. The message never contains the URL, which holds the password. */
export class DatabaseUrlError extends ExpectedError {
  override readonly name = 'DatabaseUrlError';
}

/**
 * Reads `mysql://user:password@host:port/database`. With `?tls=required` the connection is
 * encrypted, by TLS 1.2 or later, and the server's certificate must be valid now, name the host of
 * the URL, and come from one of the system's authorities; with `?tls-ca=/path/ca.pem`, from one in
 * that file. Percent-encode `@ : / ? # %` in a password.
 *
 * @throws DatabaseUrlError naming the part that is wrong
 */
export function readDatabaseUrl(text: string): ConnectionOptions & { database: string } {
  const url = URL.parse(text);
  if (url?.protocol !== 'mysql:')
    throw new DatabaseUrlError('DATABASE_URL: expected mysql://user:password@host:port/database');
  const database = decode(url.pathname.slice(1));
  if (!/^[A-Za-z0-9_$-]{1,64}$/.test(database))
    throw new DatabaseUrlError(
      'DATABASE_URL: expected a database name after the host, letters, digits, _, $ and - only',
    );
  if (url.hostname === '') throw new DatabaseUrlError('DATABASE_URL: expected a host');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1'); // only a URL has an IPv6 address in brackets
  return {
    host,
    port: Number(url.port || '3306'),
    user: decode(url.username),
    password: decode(url.password),
    database,
    ...readTls(url.searchParams, host),
  };
}

function readTls(parameters: URLSearchParams, host: string): Pick<ConnectionOptions, 'ssl'> {
  for (const [name, value] of parameters)
    if (!(name === 'tls' && value === 'required') && name !== 'tls-ca')
      throw new DatabaseUrlError('DATABASE_URL: expected no parameters but tls=required and tls-ca=<file>');
  if (parameters.size === 0) return {};
  // For an IP address mysql2 compares the certificate with the name `localhost`.
  if (isIP(host) !== 0)
    throw new DatabaseUrlError(
      "DATABASE_URL: expected, with TLS, the host name in the server's certificate instead of an IP address; " +
        'where no name server knows it, write it into /etc/hosts',
    );
  const file = parameters.get('tls-ca');
  const ca = file === null ? readSystemAuthorities() : readCertificates(file);
  // Without verifyIdentity mysql2 accepts the certificate of any host.
  return { ssl: { ca, rejectUnauthorized: true, verifyIdentity: true, minVersion: 'TLSv1.2' } };
}

/** By default Node trusts a list of its own, to which an admin can neither add nor take away. */
function readSystemAuthorities(): string[] {
  const authorities = getCACertificates('system');
  if (authorities.length === 0)
    throw new DatabaseUrlError(
      'DATABASE_URL: tls=required expects certificate authorities on this system, and it has none: ' +
        'install ca-certificates, or name a file of authorities with tls-ca',
    );
  return authorities;
}

function readCertificates(path: string): string {
  try {
    const text = readFileSync(path, 'utf8');
    if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  } catch {
    throw new DatabaseUrlError('DATABASE_URL: the file named by tls-ca cannot be read');
  }
  throw new DatabaseUrlError('DATABASE_URL: expected certificates (PEM) in the file named by tls-ca');
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new DatabaseUrlError(
      'DATABASE_URL: a % must be followed by two hexadecimal digits; write % itself as %25',
    );
  }
}
