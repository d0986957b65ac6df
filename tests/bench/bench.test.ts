import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describeCommit } from '../../tools/bench/machine.ts';
import { ratioNames, ratios } from '../../tools/bench/short.ts';
import { endWithUs } from '../support/machine/end-with-us.ts';

test('all systems say the same words, every call is on record as it was heard, and no ratio has grown by much', () => {
  const program = join(import.meta.dirname, '../../tools/bench/bench.ts');
  const [first = '', ...words] = endWithUs([process.execPath, program, '--short', 'compare']);
  const { status, stdout, stderr } = spawnSync(first, words, { encoding: 'utf8' });
  process.stdout.write(stdout); // the table, for whoever reads the run
  expect({ status, why: status === 0 ? '' : stderr }).toEqual({ status: 0, why: '' });
  // Which says "dirty" only if the checkout is: the bench lays another asterisk-config/ over it.
  expect(stdout).toContain(`${describeCommit()}, compared with `);
  for (const name of ratioNames) expect(stdout).toContain(ratios[name].title);
  expect(stdout).toMatch(/^48 calls, \d+ wrong as heard, 0 wrong on record$/m);
});
