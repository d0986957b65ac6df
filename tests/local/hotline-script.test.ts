import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout } from '../../src/local/run-state.ts';

describe('./hotline', () => {
  let folder: string;

  let environment: NodeJS.ProcessEnv;

  beforeEach(() => (environment = {}));
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hotline-script-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** On a machine without a Node of its own. */
  const run = (script: string, ...words: string[]) =>
    spawnSync(script, words, { cwd: '/', env: { PATH: '/usr/bin:/bin', ...environment }, encoding: 'utf8' });

  test("runs the checkout's commands from any folder, also through a symbolic link", () => {
    const link = join(folder, 'hotline');
    symlinkSync(join(checkout, 'hotline'), link);
    for (const script of [join(checkout, 'hotline'), link]) {
      const { status, stdout } = run(script, 'audit', 'seal', '--help');
      expect(stdout).toMatch(/^Usage: hotline audit seal /);
      expect(status).toBe(0);
    }
  });

  test('keeps what V8 makes of the code beside the packages, or where a developer wants it', () => {
    const tell = 'console.error(process.getBuiltinModule(`module`).getCompileCacheDir())';
    const NODE_OPTIONS = `--import=data:text/javascript,${tell}`;
    environment = { NODE_OPTIONS };
    expect(run(join(checkout, 'hotline'), '--version').stderr).toContain(
      join(checkout, 'node_modules/.cache/hotline/'),
    );
    environment = { NODE_OPTIONS, NODE_COMPILE_CACHE: folder };
    expect(run(join(checkout, 'hotline'), '--version').stderr).toContain(join(folder, '/'));
  });

  test('says in one sentence what to do in a checkout without npm packages', () => {
    const script = join(folder, 'hotline');
    copyFileSync(join(checkout, 'hotline'), script);
    const { status, stdout, stderr } = run(script, '--help');
    expect(stdout + stderr).toBe(
      `hotline: the npm packages of ${folder} are not installed: run "make run" there, or npm ci, then try again.\n`,
    );
    expect(status).toBe(1);
  });
});
