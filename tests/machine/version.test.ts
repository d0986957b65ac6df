import { isAtLeast } from '../../src/machine/version.ts';

test('versions are compared by their numbers', () => {
  expect([
    isAtLeast('22.10.1', '22.10.1'),
    isAtLeast('22.11.0-rc1', '22.10.1'),
    isAtLeast('23.0', '22.10.1'),
  ]).toEqual([true, true, true]);
  expect([
    isAtLeast('22.9.9', '22.10.1'),
    isAtLeast('22.10', '22.10.1'),
    isAtLeast('none', '22.10.1'),
  ]).toEqual([false, false, false]);
});
