/**
 * `make flood`: three times as many callers as the hotline may serve, wave after wave, against the
 * shipped `hotline run` in a private network. Accepted calls must keep their quality, the others must
 * hear the apology, and memory must not grow.
 *
 *     node tools/flood/flood.ts [--limit 20] [--times 3] [--waves 3] [--widest 40]
 *
 * `widest`: the longest allowed gap in the RTP timestamps of an accepted call, ms. 20 allows no lost
 * packet, 40 allows one.
 *
 * Prints one JSON line. Exits with 0 if everything held, with 1 if not.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { endWithUs } from '../../tests/support/machine/end-with-us.ts';
import { inPrivateNetwork } from '../../tests/support/machine/private-network.ts';
import { ensurePrivateRoot } from '../../tests/support/machine/private-root.ts';
import { asRoot } from '../../tests/support/machine/run-as-root.ts';

const { values } = parseArgs({
  options: {
    limit: { type: 'string', default: '20' },
    times: { type: 'string', default: '3' },
    waves: { type: 'string', default: '3' },
    widest: { type: 'string', default: '40' },
  },
});

await ensurePrivateRoot();
const state = mkdtempSync(join(tmpdir(), 'hotline-flood-'));
const [program = '', ...rest] = asRoot(
  endWithUs(
    inPrivateNetwork([
      process.execPath,
      join(import.meta.dirname, 'waves.ts'),
      values.limit,
      values.times,
      values.waves,
      values.widest,
    ]),
  ),
);
const child = spawn(program, rest, {
  stdio: ['ignore', 'inherit', 'inherit'],
  env: { ...process.env, HOTLINE_TEST_STATE: state, MAX_CALLS: values.limit },
});
const [code] = (await once(child, 'exit')) as [number | null];
rmSync(state, { recursive: true, force: true });
process.exitCode = code ?? 1;
