/** The call at the end of docs/tutorial.md: `make run` and `make call` in a copy of this checkout with the new branch. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { commandsIn, runIn, writeBranch } from '../docs/follow-tutorial.ts';
import { ensurePrivateRoot } from '../support/machine/private-root.ts';
import { until } from '../support/until.ts';
import { HotlineProcess } from './hotline-process.ts';

let copy: string;
let hotline: HotlineProcess | undefined;

beforeAll(async () => {
  await ensurePrivateRoot();
  copy = writeBranch();
});
afterAll(() => hotline?.remove(dirname(copy)));

test('a real caller who presses 1 hears the opening hours, and the log names the branch', async () => {
  for (const command of commandsIn('## 1. The prompt')) expect(runIn(copy, command).status).toBe(0);
  const [start = '', call = '', ...more] = commandsIn('## 5. A call');
  expect(more).toEqual([]);
  const inCopy = (command: string) => ['sh', '-c', `cd '${copy}' && ${command}`];
  hotline = new HotlineProcess({ command: inCopy(`exec ${start}`) });
  await hotline.waitFor(/hotline ready/);
  const { stdout } = await promisify(execFile)('nsenter', [
    ...['--target', String(hotline.pid), '--net'],
    ...inCopy(call),
  ]);
  expect(stdout.trim().split('\n').at(-1)).toBe('Key 1 leads to: office-hours, goodbye.');
  const log = join(copy, '.hotline/logs');
  const ended = () =>
    readdirSync(log)
      .flatMap((name) => readFileSync(join(log, name), 'utf8').split('\n'))
      .find((line) => line.includes('call ended'));
  await until(() => ended() !== undefined);
  expect(ended()).toMatch(/office-hours/);
  expect(ended()).toMatch(/served/);
});
