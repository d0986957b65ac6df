/** What becomes of a process whose log cannot be written: real processes, pipes and files. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const lines = 20_000;
const program = `
  const { createLogger } = await import(${JSON.stringify(join(import.meta.dirname, '../src/logger.ts'))});
  const { setImmediate: turn } = await import('node:timers/promises');
  const logger = createLogger({ level: 'info', format: 'json' });
  for (let n = 0; n < ${lines}; n++) {
    logger.info('call ended', { text: 'x'.repeat(200) });
    if (n % 20 === 0) await turn();
  }
  process.stderr.write('waiting: ' + process.stdout.writableLength + '\\n');
  process.stdin.resume();
  process.stdin.once('end', () => { logger.info('the last line'); process.exit(0); });
`;

/** A process that logs 20,000 lines, says so, and ends when its standard input does. */
function logging(stdout: 'pipe' | number): ChildProcess {
  return spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['pipe', stdout, 'pipe'],
  });
}

/** Bytes that wait in the process, once it has logged everything. */
async function waitingBytes(child: ChildProcess): Promise<number> {
  const [said] = (await once(child.stderr!, 'data')) as [Buffer];
  return Number(/waiting: (\d+)/.exec(said.toString())![1]);
}

async function exitCode(child: ChildProcess): Promise<number> {
  const ended = once(child, 'exit') as Promise<[number]>;
  child.stdin!.end();
  return (await ended)[0];
}

test('a log whose reader stalls holds up nothing and takes bounded memory; what was dropped is counted when the reader goes on', async () => {
  const child = logging('pipe');
  expect(await waitingBytes(child)).toBeLessThan(1_000_001);
  let [whole, dropped] = [0, 0];
  for await (const line of createInterface({ input: child.stdout! })) {
    const { message, lines: count } = JSON.parse(line) as { message: string; lines?: number };
    if (message === 'call ended') whole++;
    else if (message === 'the last line') break;
    else {
      expect(message).toMatch(/^lines of this log were dropped/);
      dropped = count!;
      child.stdin!.end();
    }
  }
  expect(whole).toBeGreaterThan(1000);
  expect(whole + dropped).toBe(lines);
});

test('a log whose reader is gone ends nothing', async () => {
  const child = logging('pipe');
  child.stdout!.destroy();
  await waitingBytes(child);
  expect(await exitCode(child)).toBe(0);
});

test('a log on a full disk ends nothing', async () => {
  const child = logging(openSync('/dev/full', 'a'));
  await waitingBytes(child);
  expect(await exitCode(child)).toBe(0);
});
