/** The audit log of the hotline that `make run` starts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createPool } from 'mysql2/promise';
import { closeRegistryDatabase, newCitizen } from '../support/machine/citizens.ts';
import { hotlineEnvironment } from '../support/machine/hotline-under-test.ts';
import { auditOf, callFrom, enterCode } from '../support/machine/phone-call.ts';
import { until } from '../support/until.ts';

afterAll(closeRegistryDatabase);

async function audit(args: string[], input = ''): Promise<{ code: number; out: string }> {
  const program = spawn(process.execPath, [join(import.meta.dirname, '../../src/cli.ts'), 'audit', ...args], {
    env: { ...process.env, ...hotlineEnvironment() },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let out = '';
  program.stdout.on('data', (data) => (out += data));
  program.stdin.end(input);
  const [code] = await once(program, 'close');
  return { code, out };
}

test('a call can be shown by code and by number, is sealed automatically, and the log verifies', async () => {
  const citizen = await newCitizen();
  const call = await callFrom(citizen.phone);
  await enterCode(call, citizen.code);
  await call.heardToEnd('hotline/goodbye');
  await auditOf(citizen.phone);
  await until(async () => (await audit(['show', '--code'], `${citizen.code}\n`)).out.includes('batch '));
  const byCode = await audit(['show', '--code'], `${citizen.code}\n`);
  expect(byCode.out).toMatch(
    /  changed .*  heard, then stored; until [\d: -]+  call \S+  at \S+  batch \d+\n$/,
  );
  expect((await audit(['show', '--phone'], `${citizen.phone}\n`)).out).toBe(byCode.out);
  expect(await audit(['verify'])).toMatchObject({ code: 0, out: expect.stringMatching(/^audit log intact/) });
});

test('the application has no right to change the audit log', async () => {
  const application = createPool({ uri: hotlineEnvironment()['DATABASE_URL']!, connectionLimit: 1 });
  for (const statement of [
    'UPDATE audit_log SET reason = reason',
    'DELETE FROM audit_log',
    'TRUNCATE TABLE audit_seals',
  ]) {
    await expect(application.query(statement)).rejects.toMatchObject({ code: 'ER_TABLEACCESS_DENIED_ERROR' });
  }
  await application.end();
});
