import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkOwnClock, isSynchronised } from '../../src/doctor/clock-check.ts';

test('a clock of this machine that follows no reference is a warning; where nobody can be asked, that is said', () => {
  expect(checkOwnClock(true)).toMatchObject([{ verdict: 'ok', detail: 'synchronised' }]);
  expect(checkOwnClock(null)).toMatchObject([
    { verdict: 'ok', detail: expect.stringMatching(/^not known here/) },
  ]);
  expect(checkOwnClock(false)).toMatchObject([
    { verdict: 'warning', change: expect.stringContaining('chrony') },
  ]);
});

test.each([
  ['yes', true],
  ['no', false],
  ['Failed to connect to bus', null],
])('timedatectl that says %j', async (answer, synchronised) => {
  const folder = mkdtempSync(join(tmpdir(), 'hotline-clock-'));
  const program = join(folder, 'timedatectl');
  writeFileSync(program, `#!/bin/sh\necho '${answer}'\n`, { mode: 0o755 });
  expect(await isSynchronised(program)).toBe(synchronised);
  rmSync(folder, { recursive: true });
  expect(await isSynchronised(program)).toBeNull();
});
