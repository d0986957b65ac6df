import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { portHolder } from '../../src/machine/port-holder.ts';

const listening = `require('node:net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;

async function holderNamed(words: readonly string[]): Promise<string | undefined> {
  const program = spawn(process.execPath, words);
  try {
    const [printed] = await once(program.stdout, 'data');
    return portHolder('tcp', Number(String(printed)))?.replace(String(program.pid), 'pid');
  } finally {
    program.kill();
  }
}

test('who has a port is named by its program, and another application as what it is', async () => {
  expect(await holderNamed(['-e', listening])).toBe('node (process pid)');
  expect(await holderNamed(['-e', `process.title = 'web: worker process'; ${listening}`])).toBe(
    'web (process pid)',
  );
  const folder = mkdtempSync(join(tmpdir(), 'hotline-port-'));
  try {
    mkdirSync(join(folder, 'src'));
    writeFileSync(join(folder, 'src/cli.ts'), listening);
    expect(await holderNamed([join(folder, 'src/cli.ts'), 'serve'])).toBe('hotline serve (process pid)');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('nobody has a port that is closed', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  expect(portHolder('tcp', port)).toBeUndefined();
});
