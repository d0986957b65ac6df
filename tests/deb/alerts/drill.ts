import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HotlineMachine } from '../../support/machine/hotline-machine.ts';
import { until } from '../../support/until.ts';

/** For what comes within seconds, unless the machine is busy with other tests, ms. */
export const patienceMs = 120_000;

/** Where a section has this, "the hour of the alert in Vietnam", an hour before the test is typed. */
export const exampleHour = '2026-03-31T03:00';

/** A command of an alert's section, as it stands there, and what it must write. */
export interface Asked {
  readonly command: string;
  readonly says: RegExp;
}

/** Keeps for the end of a drill what ends its cause: the last first, and also where the rest of the drill fails. */
export type AtEnd = (mend: () => unknown) => void;

/** How an alert comes about on a machine, and what the person does whom it wakes. */
export interface Drill {
  readonly alert: string;
  readonly because: string;
  /** Brings it about. What ends it is what the section says, where it does. */
  readonly provoke: (pbx: HotlineMachine, atEnd: AtEnd) => void | Promise<void>;
  readonly asks: readonly Asked[];
}

/**
 * Callers who key 8, and these keys once all are asked for a code, with the end of their number for an N.
 * Resolves when each has heard the prompt. @returns has them hang up
 */
export async function crowd(
  pbx: HotlineMachine,
  { callers, until: prompt, keys, from = 1000 }: { callers: number; until: string; keys?: string; from?: number }, // prettier-ignore
): Promise<() => Promise<void>> {
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
  return async () => {
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;
  };
}

/** As {@link crowd}, and they hang up once all have heard it. */
export async function passingCrowd(...asked: Parameters<typeof crowd>): Promise<void> {
  const leave = await crowd(...asked);
  await leave();
}

/** Gives these settings to the application, and starts it anew; at the end those of before, likewise. */
export function withSettings(pbx: HotlineMachine, atEnd: AtEnd, ...lines: readonly string[]): void {
  const [file, before] = ['/etc/hotline/hotline.env', '/run/hotline.env.before'];
  const names = lines.map((line) => line.split('=')[0]).join('|');
  const restart = 'systemctl restart hotline';
  atEnd(() => pbx.run(`cat ${before} > ${file}; ${restart}`));
  pbx.run(`cp ${file} ${before}; sed -Ei '/^(${names})=/d' ${file}`);
  pbx.run(`cat >> ${file}; ${restart} || true`, `${lines.join('\n')}\n`); // a wrong value does not let it start
}
