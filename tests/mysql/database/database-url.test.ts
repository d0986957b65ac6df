import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import { readDatabaseUrl } from '../../../src/mysql/database/database-url.ts';
import { CertificateAuthority } from '../../support/machine/certificates.ts';

const authority = new CertificateAuthority();
afterAll(() => authority.remove());

test('a database URL gives host, port, user, password and database', () => {
  expect(readDatabaseUrl('mysql://hotline:p%40ss%2F@db.example:3307/registry')).toEqual({
    host: 'db.example',
    port: 3307,
    user: 'hotline',
    password: 'p@ss/',
    database: 'registry',
  });
});

test('the default port is 3306, and an IPv6 address is written in brackets', () => {
  expect(readDatabaseUrl('mysql://u:p@[::1]/registry')).toMatchObject({ host: '::1', port: 3306 });
});

const strict = { rejectUnauthorized: true, verifyIdentity: true, minVersion: 'TLSv1.2' };

test("tls=required verifies the certificate against the system's authorities, not against Node's own list", () => {
  expect(readDatabaseUrl('mysql://u:p@h/registry?tls=required').ssl).toEqual({
    ...strict,
    ca: getCACertificates('system'),
  });
});

test.each(['tls-ca=FILE', 'tls=required&tls-ca=FILE', 'tls-ca=FILE&tls=required'])(
  '%s verifies it against the authorities in the file',
  (parameters) => {
    const url = `mysql://u:p@h/registry?${parameters.replace('FILE', authority.file)}`;
    expect(readDatabaseUrl(url).ssl).toEqual({ ...strict, ca: readFileSync(authority.file, 'utf8') });
  },
);

test.each([
  ['another protocol', 'postgres://u:secret@h/d', 'expected mysql://'],
  ['no URL', 'secret', 'expected mysql://'],
  ['no database', 'mysql://u:secret@h/', 'expected a database name'],
  ['an odd database name', 'mysql://u:secret@h/a%20b', 'expected a database name'],
  ['a bare % in the password', 'mysql://u:secret%@h/d', 'write % itself as %25'],
  ['an unknown parameter', 'mysql://u:secret@h/d?ssl=1', 'expected no parameters but tls=required'],
  ['a tls that is not required', 'mysql://u:secret@h/d?tls=maybe', 'expected no parameters but tls=required'],
  ['an IPv4 address with TLS', 'mysql://u:secret@127.0.0.1/d?tls=required', 'instead of an IP address'],
  ['an IPv6 address with TLS', 'mysql://u:secret@[::1]/d?tls=required', 'instead of an IP address'],
  [
    'a file without authorities',
    `mysql://u:secret@h/d?tls-ca=${import.meta.filename}`,
    'expected certificates',
  ],
  ['a missing file of authorities', 'mysql://u:secret@h/d?tls-ca=/nowhere', 'cannot be read'],
])('%s is refused with what is allowed, and never repeated', (_, url, sentence) => {
  const read = () => readDatabaseUrl(url);
  expect(read).toThrow(sentence);
  expect(read).not.toThrow('secret');
});
