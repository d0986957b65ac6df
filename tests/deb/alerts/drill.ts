import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HotlineMachine } from '../../support/machine/hotline-machine.ts';
import { until } from '../../support/until.ts';

/** For what comes within seconds, unless the machine is busy with other tests, ms. */
export const patienceMs = 120_000;

/** A command of an alert's section, as it stands there, and what it must write. @see typed */
export interface Asked {
  readonly command: string;
  readonly says: RegExp;
  /** What is typed instead, where the section has an example's date. */
  readonly typed?: string;
}

/** How an alert comes about on a machine, and what the person does whom it wakes. */
export interface Drill {
  readonly alert: string;
  readonly because: string;
  /** Brings it about, and returns what ends it again: where the section says how, that. */
  readonly provoke: (pbx: HotlineMachine) => (() => unknown) | Promise<() => unknown>;
  readonly asks: readonly Asked[];
}

/**
 * Callers who key 8, and these keys once all are asked for a code, with the end of their number for an N.
 * Resolves when each has heard the prompt. @returns lets them hang up
 */
export async function crowd(
  pbx: HotlineMachine,
  { callers, until: prompt, keys, from = 1000 }: { callers: number; until: string; keys?: string; from?: number }, // prettier-ignore
): Promise<() => void> {
  copyFileSync(join(import.meta.dirname, '../../support/machine/crowd.ts'), join(pbx.machine.root, 'root/crowd.ts')); // prettier-ignore
  const words = [
    '/usr/lib/hotline/node_modules/.bin/node',
    '/root/crowd.ts',
    from,
    callers,
    prompt,
    ...(keys === undefined ? [] : [keys]),
  ];
  const child = pbx.machine.open(`exec ${words.map((word) => `'${word}'`).join(' ')}`);
  let [heard, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (heard += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  await until(() => heard !== '' || child.exitCode !== null, patienceMs);
  if (heard === '') throw new Error(`the callers ended:\n${errors}`);
  return () => void child.stdin.end();
}

/** Adds a line to the application's settings and starts it anew. @returns takes it out and starts it anew */
export function withSetting(pbx: HotlineMachine, line: string): () => void {
  const restart = 'systemctl restart hotline';
  pbx.run(`echo '${line}' >> /etc/hotline/hotline.env; ${restart} || true`); // a wrong value does not let it start
  return () => void pbx.run(`sed -i '$d' /etc/hotline/hotline.env; ${restart}`);
}
