/** What `hotline run` takes for a request to stop. */
import { spawn } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../support/until.ts';
import { newStateDirectory } from './state-directory.ts';

const listenForStop = join(import.meta.dirname, '../../src/local/listen-for-stop.ts');

test('a closed terminal is one, also where another program leads its session', async () => {
  const folder = newStateDirectory();
  const program = join(folder, 'program.mts');
  const file = (name: string) => JSON.stringify(join(folder, name));
  writeFileSync(
    program,
    `import { writeFileSync } from 'node:fs';
    import { listenForStop } from ${JSON.stringify(listenForStop)};
    const stop = listenForStop();
    writeFileSync(${file('listens')}, '');
    setInterval(() => undefined, 1000);
    await stop.requested;
    writeFileSync(${file('stopped')}, '');
    process.exit();`,
  );
  const leader = `trap "" HUP; ${process.execPath} ${program}; true`;
  const terminal = spawn('script', ['--quiet', '--command', leader, '/dev/null'], { stdio: 'ignore' });
  await until(() => existsSync(join(folder, 'listens')));
  expect(existsSync(join(folder, 'stopped'))).toBe(false);
  terminal.kill('SIGKILL');
  await until(() => existsSync(join(folder, 'stopped')));
  rmSync(folder, { recursive: true });
});
