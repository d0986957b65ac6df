/** Turns `DATABASE_URL` into options of mysql2. */
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'mysql2/promise';
import { ExpectedError } from '../../expected-error.ts';

/** `DATABASE_URL` cannot be used. The message never contains the URL, which holds the password. */
export class DatabaseUrlError extends ExpectedError {
  override readonly name = 'DatabaseUrlError';
}

/**
 * Reads `mysql://user:password@host:port/database`. With `?tls=required` the connection is
 * encrypted and the server's certificate is verified against the system's authorities; with
 * `?tls-ca=/path/ca.pem` against those in that file. Percent-encode `@ : / ? # %` in a password.
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
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'), // only a URL has an IPv6 address in brackets
    port: Number(url.port || '3306'),
    user: decode(url.username),
    password: decode(url.password),
    database,
    ...readTls(url.searchParams),
  };
}

function readTls(parameters: URLSearchParams): Pick<ConnectionOptions, 'ssl'> {
  let ssl: ConnectionOptions['ssl'];
  for (const [name, value] of parameters) {
    if (name === 'tls' && value === 'required') ssl ??= { rejectUnauthorized: true };
    else if (name === 'tls-ca') ssl = { rejectUnauthorized: true, ca: readCertificates(value) };
    else
      throw new DatabaseUrlError('DATABASE_URL: expected no parameters but tls=required and tls-ca=<file>');
  }
  return ssl === undefined ? {} : { ssl };
}

function readCertificates(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new DatabaseUrlError('DATABASE_URL: the file named by tls-ca cannot be read');
  }
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
