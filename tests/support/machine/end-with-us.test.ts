import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../until.ts';

test('what a process starts so ends with it, even when it is killed', async () => {
  const program = `
    import { spawn } from 'node:child_process';
    import { endWithUs } from ${JSON.stringify(join(import.meta.dirname, 'end-with-us.ts'))};
    const [program, ...words] = endWithUs(['sleep', '600']);
    process.stdout.write(String(spawn(program, words).pid));
    setInterval(() => {}, 60_000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', program]);
  const [started] = (await once(parent.stdout, 'data')) as [Buffer];
  const path = `/proc/${started.toString()}`;
  // Until then the wrapper has not yet asked for the signal.
  await until(() => readFileSync(join(path, 'comm'), 'utf8') === 'sleep\n');
  parent.kill('SIGKILL');
  await until(() => !existsSync(path));
});
