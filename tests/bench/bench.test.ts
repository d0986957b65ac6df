import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { endWithUs } from '../support/machine/end-with-us.ts';

test('hotline, dialplan, plain ari-client and FastAGI say the same words, and every call is on record as it was heard', () => {
  const program = join(import.meta.dirname, '../../tools/bench/bench.ts');
  const options = ['--at-once', '--rate', '1', '--seconds', '3'];
  const [first = '', ...words] = endWithUs([process.execPath, program, ...options]);
  const { status, stdout, stderr } = spawnSync(first, words, { encoding: 'utf8' });
  expect({ status, said: stdout, why: status === 0 ? '' : stderr }).toEqual({
    status: 0,
    said: '12 calls, 0 wrong as heard, 0 wrong on record\n',
    why: '',
  });
});
