import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const cli = join(import.meta.dirname, '../../src/cli.ts');
const nowhere = '127.0.0.1:1';
const settings = {
  DATABASE_URL: `mysql://hotline:secret-word@${nowhere}/hotline`,
  ARI_URL: `http://${nowhere}`,
  ARI_USERNAME: 'hotline',
  ARI_PASSWORD: 'secret-word-2',
  AMI_PORT: '1',
  AMI_USERNAME: 'hotline',
  AMI_PASSWORD: 'secret-word-3',
  HTTP_PORT: '1',
  HASH_KEY: '0123456789abcdef'.repeat(4),
  AUDIT_KEY: 'fedcba9876543210'.repeat(4),
  SMS_GATEWAY_URL: '',
};

async function doctor(...words: string[]): Promise<{ code: number | null; out: string }> {
  const program = spawn(process.execPath, [cli, 'doctor', ...words], {
    env: { ...process.env, ...settings },
  });
  const [out] = await Promise.all([text(program.stdout), once(program, 'close')]);
  return { code: program.exitCode, out };
}

test('a reader that has gone, as behind a pipe, is no fault of the command', () => {
  const line = '{ "$0" "$@"; echo "exit code $?" >&2; } | true';
  const { stderr } = spawnSync('sh', ['-c', line, process.execPath, cli, 'doctor'], {
    env: { ...process.env, ...settings },
    encoding: 'utf8',
  });
  expect(stderr).toBe('exit code 5\n');
});

test('hotline doctor names a setting with which the application would not start again', () => {
  const { status, stderr } = spawnSync(process.execPath, [cli, 'doctor'], {
    env: { ...process.env, ...settings, PASSWORD_LENGTH: '99' },
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: expect.stringContaining(
      'PASSWORD_LENGTH has a value that is not allowed: expected 6 to 12',
    ) as string,
  });
});

test('hotline doctor --json is one document with the same names in every finding, and the same exit code', async () => {
  const { code, out } = await doctor('--json');
  expect(code).toBe(5);
  const { findings, ...about } = JSON.parse(out) as { findings: Record<string, string>[] };
  expect(about).toEqual({ examined: 'service', toBeChanged: 3 });
  for (const finding of findings)
    expect(Object.keys(finding)).toEqual(['check', 'verdict', 'found', 'change']);
  const unknown = findings.filter(({ verdict }) => verdict === 'unknown');
  expect(unknown.map(({ check }) => check)).toEqual(['application', 'Asterisk', 'database']);
  expect(findings).toContainEqual(
    expect.objectContaining({ check: 'words of the recordings', verdict: 'ok' }),
  );
  expect(out).not.toContain('secret-word');
});
