/** Prometheus's own checks of rules. */
import { spawnSync } from 'node:child_process';
import { describeWith, pathOf } from './unpacked-programs.ts';

/** Runs it to its end. */
export function promtool(...words: readonly string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(pathOf('promtool'), words, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

export const describeWithPromtool = describeWith('promtool');
