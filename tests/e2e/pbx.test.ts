/** The shipped PBX as an admin sees it, and the commands for it. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { randomUUID } from 'node:crypto';
import type { RowDataPacket } from 'mysql2/promise';
import { collectMenuCounts } from '../../src/application/menu-counts.ts';
import { Ami, withAmi } from '../../src/asterisk/ami/ami.ts';
import type { KeptMenuCounts } from '../../src/call/kept-menu-counts.ts';
import { checkMenuCounts } from '../../src/doctor/menu-counts-check.ts';
import { readPbxFacts } from '../../src/doctor/pbx-facts.ts';
import { forgetMenuCounts, readMenuCounts } from '../../src/asterisk/ami/menu-counts.ts';
import { stepsOf } from '../../src/asterisk/ami/dialplan-file.ts';
import { reloadPbx } from '../../src/asterisk/ami/pbx.ts';
import { MysqlRegistry } from '../../src/mysql/registry/mysql-registry.ts';
import { closeRegistryDatabase, newCitizen, registryDatabase } from '../support/machine/citizens.ts';
import { hotlineEnvironment, runStateDirectory } from '../support/machine/hotline-under-test.ts';
import { callFrom, enterCode } from '../support/machine/phone-call.ts';
import { startAsterisk, type RealAsterisk } from '../support/machine/real-asterisk.ts';
import { until } from '../support/until.ts';

const checkout = join(import.meta.dirname, '../..');
const execute = promisify(execFile);

afterAll(closeRegistryDatabase);

/** The registry, with the rights of the application. */
function applicationRegistry(): MysqlRegistry {
  const { DATABASE_URL: url = '', AUDIT_KEY: key = '' } = hotlineEnvironment();
  return new MysqlRegistry({ url, deadlineMs: 5000, poolSize: 1, audit: { key, node: 'test' } });
}

/** Runs `hotline <command>` of this checkout with the secrets of the hotline under test. */
function hotline(...command: string[]): Promise<{ stdout: string; stderr: string }> {
  return execute(process.execPath, ['src/cli.ts', ...command], {
    cwd: checkout,
    env: { ...process.env, ...hotlineEnvironment() },
  });
}

describe('an Asterisk of its own, to which no application is connected', () => {
  let asterisk: RealAsterisk;
  let config: string;

  beforeAll(async () => {
    asterisk = await startAsterisk((folder) => {
      config = folder;
      return [];
    });
  });
  afterAll(() => asterisk?.stop());

  test('starts without an ERROR or WARNING line', () => {
    expect(asterisk.log()).toContain('Asterisk 22');
    expect(
      asterisk
        .log()
        .split('\n')
        .filter((line) => /ERROR|WARNING/.test(line)),
    ).toEqual([]);
  });

  test('counts what callers do in the menu, and the database gets the minutes that are over', async () => {
    const inMenu = async (keys: string, ...more: string[]) => {
      const call = await callFrom('0912345678', { target: asterisk.sip });
      await call.hears('hotline/menu');
      await call.keys(keys);
      for (const prompt of more) await call.hears(prompt);
      await call.hangUp();
    };
    await Promise.all([
      inMenu(''),
      inMenu('9', 'hotline/goodbye'),
      inMenu('444', 'hotline/goodbye'),
      inMenu('50', 'hotline/operator-closed'),
      inMenu('8', 'hotline/unavailable', 'hotline/operator-closed'),
    ]);
    const events = ['operator', 'goodbye', 'other-key', 'left', 'unavailable'];
    await withAmi(asterisk.ami, async (ami) => {
      const seen = async () => (await readMenuCounts(ami)).map(({ event }) => event);
      await until(async () => new Set(await seen()).size === events.length);
      const visit = <T>(use: (kept: KeptMenuCounts) => Promise<T>) =>
        use({ read: () => readMenuCounts(ami), forget: (minute) => forgetMenuCounts(ami, minute) });
      const node = randomUUID();
      const registry = applicationRegistry();
      await collectMenuCounts({ visit, registry, node }, Date.now() + 60_000);
      await registry.end();
      expect(await seen()).toEqual([]);
      const [rows] = await registryDatabase().query<RowDataPacket[]>(
        'SELECT event, CAST(SUM(calls) AS CHAR) AS calls FROM menu_counts WHERE node = ? GROUP BY event',
        [node],
      );
      expect(Object.fromEntries(rows.map(({ event, calls }) => [event, Number(calls)]))).toEqual({
        ...{ operator: 1, goodbye: 1, left: 1, unavailable: 1, 'other-key': 4 },
      });
    });
  });

  test('keeps counts that nobody collects, and the doctor warns of them', async () => {
    const access = { ami: asterisk.ami, ari: asterisk.ari };
    const minute = new Date(Date.now() - 3_600_000).toISOString().slice(0, 16);
    const Key = `${minute.replace(/\D/g, '')}/left`;
    await withAmi(asterisk.ami, (ami) =>
      ami.action({ Action: 'DBPut', Family: 'hotline-count', Key, Val: '2' }),
    );
    expect(checkMenuCounts(await readPbxFacts(access))).toMatchObject({
      verdict: 'warning',
      detail: `of one minute on the PBX, the oldest ${minute}Z`,
    });
    await withAmi(asterisk.ami, (ami) => forgetMenuCounts(ami, `${minute}Z`));
    expect(checkMenuCounts(await readPbxFacts(access))).toMatchObject({ verdict: 'ok' });
  });

  test('takes over no dialplan that has lost what callers need, and none that cannot be read: pbx reload looks first', async () => {
    const ami = await Ami.connect(asterisk.ami);
    const menu = async () => (await stepsOf(ami, 'hotline-menu', 's')).map(({ appdata }) => appdata);
    const before = await menu();
    const broken: [file: string, from: RegExp, to: string, why: string][] = [
      ['extensions.conf', /^#include extensions-site.conf$/m, '', '[hotline-operator]'],
      ['extensions-site.conf', /^\[hotline-operator\]/m, '[operator]', '[hotline-operator]'],
      ['extensions-hotline.conf', /^\[hotline-menu\]/m, ';-- my remark\n$&', '[hotline-menu]'],
      ['extensions-hotline.conf', /^\[hotline-branches\]/m, '[hotline-branches', '[hotline-branches]'],
      ['extensions.conf', /^\[from-trunk\]/m, '[from-trunk', 'cannot read extensions.conf'],
      ['extensions.conf', /extensions-site.conf$/m, 'extensions-sight.conf', 'cannot read extensions.conf'],
      ['pjsip.conf', /^\[trunk-out\]/m, '[trunk-out', 'cannot read pjsip.conf'],
    ];
    for (const [file, from, to, why] of broken) {
      const path = join(config, file);
      const shipped = readFileSync(path, 'utf8');
      writeFileSync(path, shipped.replace(from, to));
      const refusal = await reloadPbx(ami).catch((error: unknown) => String(error));
      expect([file, refusal]).toEqual([file, expect.stringMatching('not reloaded')]);
      expect(refusal).toContain(why);
      expect(await menu()).toEqual(before);
      writeFileSync(path, shipped);
    }
    expect(await reloadPbx(ami)).toMatchObject({ menuSteps: before.length });
    ami.close();
  });
});

test('a softphone calls with the number set for it, whatever it claims', async () => {
  const call = await callFrom('0900000000', {
    localAddress: '127.0.0.1',
    identity: { from: '6001', pai: '0987654321' },
    credentials: { username: '6001', password: hotlineEnvironment()['SOFTPHONE_PASSWORD']! },
  });
  await enterCode(call, '0123456789'); // the code of 0912345678, which is the number of 6001
  await call.hears('hotline/password-intro');
  await call.hangUp();
});

test('a softphone without the password and a stranger are rejected', async () => {
  const as6001 = { localAddress: '127.0.0.1', identity: { from: '6001' } };
  await expect(
    callFrom('', { ...as6001, credentials: { username: '6001', password: 'guessed' } }),
  ).rejects.toMatchObject({ name: 'CallRefused', status: 401 });
  await expect(callFrom('0912345678', { localAddress: '127.0.0.3' })).rejects.toMatchObject({
    name: 'CallRefused',
    status: 401,
  });
  const log = () => readFileSync(join(runStateDirectory(), 'logs/application.log'), 'utf8');
  const refused = (why: string, from: string) =>
    new RegExp(`a call was refused: ${why}  fromAddress=${from}:\\d+  toAddress=127.0.0.1:5060  status=401`);
  await until(() => refused('wrong user name or password', '127.0.0.1').test(log()));
  expect(log()).toMatch(/wrong user name or password.* user=6001 /);
  await until(() => refused('no credentials, and no endpoint for this address', '127.0.0.3').test(log()));
});

test('hotline pbx status names version, calls, trunk and softphones', async () => {
  const { stdout } = await hotline('pbx', 'status');
  expect(stdout).toMatch(/Asterisk 22\.\d+/);
  expect(stdout).toMatch(/Calls without media: \d+/);
  for (const name of ['trunk', '6001', '6002']) expect(stdout).toContain(name);
});

test('hotline pbx reload does not drop a call', async () => {
  const citizen = await newCitizen();
  const call = await callFrom(citizen.phone);
  await enterCode(call, citizen.code);
  await call.hears('hotline/password-intro');
  expect((await hotline('pbx', 'reload')).stdout).toMatch(/Reloaded/);
  await call.heardToEnd('hotline/goodbye');
});

test('hotline call prints what was heard and keyed, and succeeds when the password was read twice', async () => {
  const { stdout } = await hotline('call', '--from', '0987654321', '--code', '7912345678');
  expect(stdout).toMatch(/\d\d:\d\d\.\d +heard +hotline\/menu/);
  expect(stdout).toMatch(/keyed +8/);
  expect(stdout).toContain('Mật khẩu');
  expect(stdout).not.toContain('7912345678');
  const again = await hotline('call', '--from', '0987654321', '--code', '7912345678').catch(
    (error: unknown) => error as { code: number; stdout: string },
  );
  expect(again).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('A citizen gets one a minute and three a day'),
  });
});
