import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { endWithUs } from '../support/machine/end-with-us.ts';

/**
 * The longest allowed gap, ms. A machine that runs all tests may stall for a moment; `make flood` on a
 * quiet one allows 40. A digit lasts 440 ms.
 */
const shorterThanADigit = 250;

test('three times as many callers as may be served: those served hear every packet, the others the apology, and memory stays flat', () => {
  const program = join(import.meta.dirname, '../../tools/flood/flood.ts');
  const [first = '', ...words] = endWithUs([
    process.execPath,
    program,
    '--limit',
    '4',
    '--waves',
    '2',
    '--widest',
    String(shorterThanADigit),
  ]);
  const { status, stdout, stderr } = spawnSync(first, words, { encoding: 'utf8' });
  expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' });
  expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({ calls: 24, other: 0 });
});
