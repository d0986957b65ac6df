import { readDatabaseUrl } from '../../../src/mysql/database/database-url.ts';

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

test('tls=required verifies the certificate', () => {
  expect(readDatabaseUrl('mysql://u:p@h/registry?tls=required').ssl).toEqual({ rejectUnauthorized: true });
});

test('tls-ca verifies it against the given authorities', () => {
  expect(readDatabaseUrl(`mysql://u:p@h/registry?tls-ca=${import.meta.filename}`).ssl).toMatchObject({
    rejectUnauthorized: true,
    ca: expect.stringContaining('tls-ca'),
  });
});

test.each([
  ['another protocol', 'postgres://u:secret@h/d', 'expected mysql://'],
  ['no URL', 'secret', 'expected mysql://'],
  ['no database', 'mysql://u:secret@h/', 'expected a database name'],
  ['an odd database name', 'mysql://u:secret@h/a%20b', 'expected a database name'],
  ['a bare % in the password', 'mysql://u:secret%@h/d', 'write % itself as %25'],
  ['an unknown parameter', 'mysql://u:secret@h/d?ssl=1', 'expected no parameters but tls=required'],
  ['a tls that is not required', 'mysql://u:secret@h/d?tls=maybe', 'expected no parameters but tls=required'],
  ['a missing file of authorities', 'mysql://u:secret@h/d?tls-ca=/nowhere', 'cannot be read'],
])('%s is refused with what is allowed, and never repeated', (_, url, sentence) => {
  const read = () => readDatabaseUrl(url);
  expect(read).toThrow(sentence);
  expect(read).not.toThrow('secret');
});
