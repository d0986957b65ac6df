import { spawnSync } from 'node:child_process';
import { checkout } from '../../../src/local/run-state.ts';

/** Runs Jest on the database servers' tests, without an engine and with this value of `CI`. */
function runWithoutEngine(ci: string): { status: number | null; stderr: string } {
  const command = [
    '--experimental-vm-modules',
    'node_modules/.bin/jest',
    'tests/support/engine/databases.test.ts',
  ];
  const environment = { ...process.env, CI: ci, HOTLINE_NO_DOCKER: 'nobody may start one', NO_COLOR: '1' };
  return spawnSync(process.execPath, command, { cwd: checkout, env: environment, encoding: 'utf8' });
}

test('where no Docker engine can be had, each test that needs one is named as skipped, with the reason', () => {
  const { status, stderr } = runWithoutEngine('');
  expect(stderr).toContain(
    'the mysql server for tests (not possible here: nobody may start one) keeps what was committed when it is killed',
  );
  expect(stderr).toMatch(/Tests: +12 skipped, 12 total/);
  expect(status).toBe(0);
});

test('in CI a missing Docker engine is a failure', () => {
  const { status, stderr } = runWithoutEngine('true');
  expect(stderr).toMatch(/Tests: +3 failed, 12 skipped/);
  expect(status).toBe(1);
});
