import { jest } from '@jest/globals';
import { createLogger } from 'winston';
import { sayHowToAddUser } from '../../src/application/first-user.ts';
import type { ConsoleUser } from '../../src/registry/console-users.ts';
import { RegistryUnavailable } from '../../src/registry/registry-unavailable.ts';

const lan = { name: 'lan' } as ConsoleUser;

test.each([
  ['without a user', () => Promise.resolve([]), ['no console user yet: hotline user add NAME --role admin']],
  ['with one', () => Promise.resolve([lan]), []],
  ['while the database is away', () => Promise.reject(new RegistryUnavailable('the registry failed')), []],
])('a start %s says how to make one only where there is none', async (_, listUsers, lines) => {
  const logger = createLogger({ silent: true });
  const info = jest.spyOn(logger, 'info');
  await sayHowToAddUser({ listUsers }, logger);
  expect(info.mock.calls.map(([line]) => line as unknown)).toEqual(lines);
});
