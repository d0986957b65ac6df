/** I6: what callers key, hear and call from stands in the registry, and nowhere else. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RowDataPacket } from 'mysql2/promise';
import { closeRegistryDatabase, newCitizen, registryDatabase, type Citizen } from '../support/citizens.ts';
import { processOf, runStateDirectory } from '../support/hotline-under-test.ts';
import { callFrom, enterCode } from '../support/phone-call.ts';

afterAll(closeRegistryDatabase);

/** Every file the run has written, with its bytes as Latin-1 text. */
function writtenFiles(): { file: string; text: string }[] {
  const state = runStateDirectory();
  return readdirSync(state, { recursive: true, encoding: 'utf8' })
    .map((name) => join(state, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile())
    .map((file) => ({ file: file.slice(state.length + 1), text: readFileSync(file, 'latin1') }));
}

const wrong = (code: string) => code.replace(/.$/, (digit) => String((Number(digit) + 1) % 10));

/** Calls through every path that touches a secret; returns the passwords heard. */
async function callEveryWay(citizen: Citizen): Promise<string[]> {
  const mismatched = await callFrom(citizen.phone);
  await enterCode(mismatched, wrong(citizen.code));
  await mismatched.hears('hotline/mismatch');
  await mismatched.hangUp();
  const leaving = await callFrom(citizen.phone);
  await enterCode(leaving, citizen.code);
  await leaving.hears(/^digits/);
  await leaving.hangUp();
  const withheld = await callFrom(citizen.phone, { identity: { from: citizen.phone, pai: null } });
  await withheld.hears('hotline/menu');
  await withheld.keys(`8${citizen.code}`);
  await withheld.hears('hotline/no-identity');
  await withheld.hangUp();
  const matched = await callFrom(citizen.phone);
  await enterCode(matched, citizen.code);
  await matched.heardToEnd('hotline/goodbye');
  const tooOften = await callFrom(citizen.phone);
  await enterCode(tooOften, citizen.code);
  await tooOften.hears('hotline/try-later');
  await tooOften.hangUp();
  return matched.digitsHeard();
}

let citizen: Citizen;
let secrets: { code: string; phone: string; password: string };

beforeAll(async () => {
  citizen = await newCitizen();
  const [password, again] = await callEveryWay(citizen);
  expect(again).toBe(password);
  secrets = { code: citizen.code, phone: citizen.phone.slice(1), password: password! };
});

test('no code, number or password is in any log or file, but for code and number in the registry', () => {
  const files = writtenFiles();
  const holding = (text: string) => files.filter((file) => file.text.includes(text)).map(({ file }) => file);
  // The search does find what is there:
  expect(holding(secrets.code)).toEqual(expect.arrayContaining([expect.stringMatching(/^mysql\//)]));
  expect(holding(secrets.code).filter((file) => !file.startsWith('mysql/'))).toEqual([]);
  // The receiver of the SMS stands for the network that carries them, and has to know whom they go to.
  expect(holding(secrets.phone).filter((file) => !file.startsWith('mysql/') && file !== 'logs/sms.log')).toEqual([]);
  expect(holding(secrets.password)).toEqual([]);
  // Not even the digit during which a caller hung up:
  expect(holding('digits/')).toEqual([]);
  expect(files.map(({ file }) => file)).toEqual(
    expect.arrayContaining(['console.log', 'logs/application.log', 'logs/asterisk.log', 'asterisk/log/messages.log']),
  );
  expect(files.map(({ file }) => file).filter((file) => /\bcore\b|\/cdr|\/cel|\/monitor\/.|recording/.test(file))).toEqual([]);
});

test('in the database the accounts alone hold code and number, and nothing holds the password', async () => {
  const rows = async (sql: string) => (await registryDatabase().query<RowDataPacket[]>(sql))[0];
  const tables = (await rows('SHOW FULL TABLES')).map((row) => String(Object.values(row)[0]));
  expect(tables).toEqual(expect.arrayContaining(['accounts', 'audit_log', 'resets', 'notification_outbox', 'code_entries']));
  const holding: string[] = [];
  for (const table of tables) {
    const dump = JSON.stringify(await rows(`SELECT * FROM \`${table}\``));
    for (const [name, secret] of Object.entries(secrets)) if (dump.includes(secret)) holding.push(`${table}: ${name}`);
  }
  expect(holding).toEqual(['accounts: code', 'accounts: phone']);
});

test('no process of the hotline carries them in its arguments or environment, none is root, none leaves a core file', () => {
  for (const service of ['application', 'pbx', 'database'] as const) {
    const proc = (file: string) => readFileSync(`/proc/${processOf(service)}/${file}`, 'utf8');
    for (const secret of Object.values(secrets)) expect(proc('cmdline') + proc('environ')).not.toContain(secret);
    expect([service, /^Uid:\s+(\d+)/m.exec(proc('status'))?.[1]]).not.toEqual([service, '0']);
    expect(proc('limits')).toMatch(/^Max core file size +0 +0 /m);
  }
  // What was searched above was written at the most talkative level there is.
  expect(readFileSync(`/proc/${processOf('application')}/environ`, 'utf8')).toContain('LOG_LEVEL=debug');
});

test('no HTTP endpoint of the application tells them', async () => {
  for (const path of ['/health', '/status', '/', '/metrics', `/${secrets.code}`]) {
    const text = await (await fetch(`http://127.0.0.1:8080${path}`)).text();
    for (const secret of Object.values(secrets)) expect(text).not.toContain(secret);
  }
});
