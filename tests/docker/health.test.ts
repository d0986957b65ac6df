import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const docker = join(import.meta.dirname, '../../docker');
const folder = mkdtempSync(join(tmpdir(), 'hotline-health-'));
afterAll(() => rmSync(folder, { recursive: true }));

const isAlive = ({ exitCode, signalCode }: ChildProcess) => exitCode === null && signalCode === null;

describe('the health check of PBX and database', () => {
  const check = (name: string, command: string) =>
    spawnSync('sh', [join(docker, 'health.sh'), name, '0.5', 'sh', '-c', command]).status;

  test('ends a process that does not answer, also one that was stopped, and no other', async () => {
    const name = `frozen-${process.pid}`.slice(0, 15);
    copyFileSync('/bin/sleep', join(folder, name));
    const frozen = spawn(join(folder, name), ['600']);
    const other = spawn('sleep', ['600']);
    await Promise.all([once(frozen, 'spawn'), once(other, 'spawn')]);
    frozen.kill('SIGSTOP');
    expect(check(name, 'true')).toBe(0);
    expect(check(name, 'false')).toBe(1);
    expect(isAlive(frozen)).toBe(true);
    const ended = once(frozen, 'exit');
    expect(check(name, 'sleep 600')).toBe(124);
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(isAlive(other)).toBe(true);
    other.kill();
  });
});

describe('the health check of the application', () => {
  /** A program that serves /health as the application does, until it is stopped. */
  const serving = `const { createServer } = require('node:http');
    createServer((request, response) => response.writeHead(process.argv[1] === 'up' ? 200 : 503).end())
      .listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;
  async function start(state: 'up' | 'down'): Promise<{ program: ChildProcess; port: number }> {
    const program = spawn(process.execPath, ['-e', serving, state]);
    const [printed] = await once(program.stdout, 'data');
    return { program, port: Number(String(printed)) };
  }
  async function check(port: number): Promise<number | null> {
    const checking = spawn(process.execPath, [join(docker, 'health.ts'), String(port), '1']);
    await once(checking, 'exit');
    return checking.exitCode;
  }

  test('says whether a caller would be served, and ends nothing that answers', async () => {
    for (const [state, code] of [
      ['up', 0],
      ['down', 1],
    ] as const) {
      const { program, port } = await start(state);
      expect(await check(port)).toBe(code);
      expect(isAlive(program)).toBe(true);
      program.kill();
    }
  });

  test('ends an application that was stopped, so that Docker starts it again', async () => {
    const { program, port } = await start('up');
    program.kill('SIGSTOP');
    const ended = once(program, 'exit');
    expect(await check(port)).toBe(1);
    expect(await ended).toEqual([null, 'SIGKILL']);
  });

  test('is unhealthy where nobody listens, as while it starts', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    expect(await check(port)).toBe(1);
  });
});
