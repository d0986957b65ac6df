/**
 * `make fuzz`: thousands of malformed and contradictory SIP messages, drawn from a seed and sent at the
 * shipped `hotline run` in a private network; what is answered is taken into branch 8 and given garbage
 * for media (docs/adr/0040-fuzzing.md).
 *
 *     node tools/fuzz/fuzz.ts --seed 1 --count 3000
 *     node tools/fuzz/fuzz.ts --seed 1 --message 17        one message again, or 17-40
 *
 * Ends with one JSON line. Exits with 0 if everything held; with 1 if not, and then keeps the logs and
 * the messages.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { endWithUs } from '../../tests/support/machine/end-with-us.ts';
import { inPrivateNetwork } from '../../tests/support/machine/private-network.ts';
import { ensurePrivateRoot } from '../../tests/support/machine/private-root.ts';
import { asRoot } from '../../tests/support/machine/run-as-root.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '3000' },
    message: { type: 'string', default: '' },
  },
});
const [, first = '1', last = first] = /^(\d+)(?:-(\d+))?$/.exec(values.message || `1-${values.count}`) ?? [];

process.stdout.write(`seed ${values.seed}, messages ${first} to ${last}\n`);
await ensurePrivateRoot();
const state = mkdtempSync(join(import.meta.dirname, '../../.hotline/fuzz-'));
const [program = '', ...rest] = asRoot(
  endWithUs(
    inPrivateNetwork([process.execPath, join(import.meta.dirname, 'campaign.ts'), values.seed, first, last]),
  ),
);
const child = spawn(program, rest, {
  stdio: ['ignore', 'inherit', 'inherit'],
  env: { ...process.env, HOTLINE_TEST_STATE: state },
});
const [code] = (await once(child, 'exit')) as [number | null];
if (code === 0) rmSync(state, { recursive: true, force: true });
else process.stdout.write(`The logs, and the messages that may have done it, are in ${state}\n`);
process.exitCode = code ?? 1;
