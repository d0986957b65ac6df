/** A small campaign, always the same; `make chaos` runs the large one. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

test('60 faults between application and database, drawn from one seed, break no promise', () => {
  const ended = spawnSync(process.execPath, [join(import.meta.dirname, 'campaign.ts'), '--seed', 'make-test', '--count', '60', '--lanes', '3'], {
    encoding: 'utf8',
  });
  expect(ended.stderr).not.toMatch(/Error/);
  expect(ended.stdout).toMatch(/60 trials in \d+ s, 0 with a violation/);
  expect(ended.status).toBe(0);
});
