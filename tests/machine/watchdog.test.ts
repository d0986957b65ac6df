/** A process whose event loop is blocked, beside one that is only slow, or was stopped as a whole. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const watchdog = join(import.meta.dirname, '../../src/machine/watchdog.ts');

/** Runs under a watchdog that looks 20 times, every 100 ms, and says when it begins. */
async function watched(program: string): Promise<ChildProcess> {
  const start = `const { startWatchdog } = await import(${JSON.stringify(watchdog)});
    startWatchdog({ everyMs: 100, looks: 20 }); process.stdout.write('begun');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', start + program]);
  await once(child.stdout, 'data');
  return child;
}

const endOf = async (child: ChildProcess) => (await once(child, 'exit'))[1] as NodeJS.Signals | null;
const blocked = () => watched('for (;;);');
const echoing = () => watched("process.stdin.on('data', (text) => process.stdout.write(text));");

test('a process whose event loop is blocked is ended, and says why', async () => {
  const child = await blocked();
  const said = text(child.stderr!);
  expect(await endOf(child)).toBe('SIGKILL');
  expect(await said).toMatch(/^hotline: the event loop has not run for 2 s; the process ends/);
});

test('so is one whose standard error nobody reads any more', async () => {
  const child = await watched(`
    while (process.stderr.writableLength < 1e6) process.stderr.write('x'.repeat(1e5));
    for (;;);`);
  child.stderr!.pause();
  expect(await endOf(child)).toBe('SIGKILL');
});

test('one that was stopped as a whole, for longer than that, goes on; and the watchdog keeps none alive', async () => {
  const child = await echoing();
  child.kill('SIGSTOP');
  await endOf(await blocked()); // takes as long
  child.kill('SIGCONT');
  await endOf(await blocked());
  child.stdin!.end('still here');
  expect(String((await once(child.stdout!, 'data'))[0])).toBe('still here');
  expect(await endOf(child)).toBeNull();
});
