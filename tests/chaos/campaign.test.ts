/** A small campaign, always the same; `make chaos` runs the large one. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

function campaign(...options: string[]): { stdout: string; stderr: string; status: number | null } {
  return spawnSync(process.execPath, [join(import.meta.dirname, 'campaign.ts'), ...options], { encoding: 'utf8' });
}

test('40 faults between application and database, drawn from one seed, break no promise', () => {
  const { stdout, stderr, status } = campaign('--seed', 'make-test', '--count', '40');
  expect(stderr).not.toMatch(/Error/);
  expect(stdout).toContain('40 trials of application and database, 0 with a violation');
  expect(status).toBe(0);
});

test('a killed PBX, a killed application without its database, a lost event socket: real calls at different steps keep the promises', () => {
  const { stdout, status } = campaign('--seed', 'small', '--count', '0', '--calls', '3', '--call-lanes', '3');
  expect(stdout).toContain('3 trials with real calls, 0 with a violation, 0 without a verdict');
  expect(status).toBe(0);
});
