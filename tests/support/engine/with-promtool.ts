/** Prometheus's own checks of rules. */
import { spawnSync } from 'node:child_process';
import { isPromtoolThere, program } from './promtool.ts';

/** Runs it to its end. */
export function promtool(...words: readonly string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

/** For tests that need it. */
export const describeWithPromtool = isPromtoolThere()
  ? describe
  : (title: string, tests: () => void) =>
      describe.skip(`${title} (not possible here: promtool is not unpacked: use "make test")`, tests);
