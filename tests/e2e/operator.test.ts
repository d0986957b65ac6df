/** An operator who is there during the hours of the calendar, with the screen pop that docs/admin.md shows. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RowDataPacket } from 'mysql2/promise';
import { withAmi } from '../../src/asterisk/ami/ami.ts';
import { reloadPbx } from '../../src/asterisk/ami/pbx.ts';
import { snippets } from '../support/book.ts';
import { AnsweringPhones } from '../support/machine/answering-phones.ts';
import { addAskingDialplan } from '../support/machine/asked-hours.ts';
import { closeRegistryDatabase, newCitizen, registryDatabase } from '../support/machine/citizens.ts';
import { OwnApplication } from '../support/machine/own-application.ts';
import { callFrom, enterCode, said } from '../support/machine/phone-call.ts';
import { edit, startAsterisk, type RealAsterisk } from '../support/machine/real-asterisk.ts';
import { until } from '../support/until.ts';

const checkout = join(import.meta.dirname, '../..');
let phones: AnsweringPhones;
let asterisk: RealAsterisk;
let application: OwnApplication;
let config: string;

/** The operator's context of docs/admin.md. */
const shownContext = (): string =>
  /^## The operator\n[^]*?```ini\n([^]*?)```/m
    .exec(readFileSync(join(checkout, 'docs/admin.md'), 'utf8'))![1]!
    .replace('PJSIP/6002', 'PJSIP/operator');

const operatorsPhone = `
[operator]
type = endpoint
aors = operator
context = hotline-nowhere
disallow = all
allow = alaw
[operator]
type = aor
contact = sip:operator@127.0.0.4:15060
`;

/** Replaces the calendar of the running Asterisk: every day has these hours. */
const workFrom = (hours: string, ...more: string[]) =>
  writeFileSync(
    join(config, 'hotline-hours.conf'),
    [
      '[week]',
      ...['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].map(
        (day) => `${day} = ${hours}`,
      ),
      ...more,
      '',
    ].join('\n'),
  );

beforeAll(async () => {
  phones = await AnsweringPhones.open('127.0.0.4:15060', join(checkout, 'sounds/vi'));
  asterisk = await startAsterisk((folder) => {
    config = folder;
    edit(folder, 'extensions-site.conf', [[/\n\[hotline-operator\]\n(?:.+\n)+/, `\n${shownContext()}`]]);
    appendFileSync(join(folder, 'pjsip.conf'), operatorsPhone);
    addAskingDialplan(folder);
    workFrom('00:00-24:00');
    return [];
  });
  application = await OwnApplication.start(asterisk);
});
afterEach(() => workFrom('00:00-24:00'));
afterAll(async () => {
  await application?.stop();
  await asterisk?.stop();
  phones.close();
  await closeRegistryDatabase();
});

/** What the operator's phone is shown when it rings, and refuses. */
async function rung() {
  const ringing = await phones.rings('operator');
  const { from } = ringing.leg;
  const header = (name: string) => ringing.leg.header(name);
  const [outcome, verdict, info] = ['X-Hotline-Outcome', 'X-Hotline-Verdict', 'Call-Info'].map(header);
  const all = ringing.leg.headers;
  ringing.leg.refuse(486);
  return { from, outcome, verdict, info, all };
}

test('an operator sees what a caller has come to, and the certain number; the id leads to the call; busy, callers hear so', async () => {
  const citizen = await newCitizen();
  const call = await callFrom(citizen.phone, { target: asterisk.sip });
  await call.hears('hotline/menu');
  await call.keys('8');
  await call.hears('hotline/enter-code-10');
  await call.keys('0#');
  const { from, outcome, verdict, info } = await rung();
  expect({ from, outcome, verdict }).toEqual({
    from: expect.stringContaining(`sip:${citizen.phone}@`),
    outcome: 'operator',
    verdict: 'asserted',
  });
  const [, callId] =
    /^<https:\/\/console\.example\/calls\/([0-9a-f-]{36})>;purpose=info$/.exec(info ?? '') ?? [];
  await call.heardToEnd('hotline/goodbye');
  expect(said(call).slice(-3)).toEqual(['transferring', 'operator-busy', 'goodbye']);
  await until(async () => {
    const [rows] = await registryDatabase().query<RowDataPacket[]>(
      'SELECT masked_phone FROM audit_log WHERE call_id = ?',
      [callId],
    );
    return rows[0]?.['masked_phone'] === `+84***${citizen.phone.slice(-4)}`;
  });
});

test.each([
  ['is contradicted by From', { from: '0911000000', pai: '' }, 'contradictory'],
  ['the carrier does not assert', { pai: null }, 'unasserted'],
] as const)('an operator sees no number that %s, and no name', async (_what, claims, verdict) => {
  const { phone } = await newCitizen();
  const call = await callFrom(phone, {
    target: asterisk.sip,
    identity: { from: phone, ...claims, ...('from' in claims && { pai: phone }) },
  });
  await call.hears('hotline/menu');
  await call.keys('8');
  if (verdict === 'unasserted') await call.hears('hotline/offer-operator');
  else await call.hears('hotline/enter-code-10');
  await call.keys(verdict === 'unasserted' ? '0' : '0#');
  const shown = await rung();
  expect(shown).toMatchObject({ verdict, outcome: verdict === 'unasserted' ? 'no-identity' : 'operator' });
  expect(shown.all).not.toContain(phone.slice(1));
  expect(shown.all).not.toContain('911000000');
  await call.hangUp();
});

test('0 in the menu: nobody has judged the number, and the operator sees none', async () => {
  const { phone } = await newCitizen();
  const call = await callFrom(phone, { target: asterisk.sip });
  await call.hears('hotline/menu');
  await call.keys('0');
  const shown = await rung();
  expect(shown).toMatchObject({ outcome: 'menu', verdict: '-', info: undefined });
  expect(shown.all).not.toContain(phone.slice(1));
  await call.hangUp();
});

test('0 in the menu from a phone whose number the PBX sets: the operator sees that number', async () => {
  const call = await callFrom('', {
    target: asterisk.sip,
    localAddress: '127.0.0.1',
    identity: { from: '6001' },
    credentials: { username: '6001', password: 'a-password-for-tests' },
  });
  await call.hears('hotline/menu');
  await call.keys('0');
  expect((await rung()).from).toContain('sip:0912345678@');
  await call.hangUp();
});

test('three mismatches: the code keyed is nowhere in what the operator gets', async () => {
  const citizen = await newCitizen();
  const wrong = citizen.code.replace(/.$/, (digit) => String((Number(digit) + 1) % 10));
  const call = await callFrom(citizen.phone, { target: asterisk.sip });
  await enterCode(call, wrong);
  for (let attempt = 2; attempt <= 3; attempt++) {
    await call.hears('hotline/enter-again');
    await call.keys(wrong);
  }
  await call.hears('hotline/offer-operator');
  await call.keys('0');
  const shown = await rung();
  expect(shown).toMatchObject({ outcome: 'mismatch', verdict: 'asserted' });
  for (const secret of [wrong, citizen.code]) expect(shown.all).not.toContain(secret);
  await call.hangUp();
});

test('closed from one moment to the next, with a call under way and no reload: 0 says when the operator works again', async () => {
  const call = await callFrom('0912345678', { target: asterisk.sip });
  await call.hears('hotline/menu');
  const tomorrow = new Date(Date.now() + 7 * 3_600_000 + 86_400_000).toISOString().slice(0, 10);
  workFrom('closed', '[days]', `${tomorrow} = 08:30-12:00`);
  await call.keys('0');
  await call.heardToEnd('hotline/goodbye');
  expect(said(call)).toEqual([
    'menu',
    'operator-closed',
    'opens-at',
    'hour-8',
    'minute-30',
    'tomorrow',
    'goodbye',
  ]);
  expect(phones.called.filter((number) => number !== 'operator')).toEqual([]);
});

test('closed, and nobody knows until when: no time is said', async () => {
  workFrom('25:00-26:00');
  const call = await callFrom('0912345678', { target: asterisk.sip });
  await call.hears('hotline/menu');
  await call.keys('0');
  await call.heardToEnd('hotline/goodbye');
  expect(said(call)).toEqual(['menu', 'operator-closed', 'goodbye']);
});

test('an operator at a number outside, as docs/admin.md dials it: the carrier gets our number, and nothing of the call', async () => {
  const [, , outside = ''] = snippets('admin.md', '## The operator', 'ini');
  const dial = /\n same => n,Dial\(.*\n/;
  const [shown = ''] = dial.exec(shownContext()) ?? [];
  edit(config, 'extensions-site.conf', [[dial, `\n${outside.replace('trunk-out', 'operator')}`]]);
  await withAmi(asterisk.ami, reloadPbx);
  const { phone } = await newCitizen();
  const call = await callFrom(phone, { target: asterisk.sip });
  await call.hears('hotline/menu');
  await call.keys('0');
  const { leg } = await phones.rings('02412345678');
  expect(leg.from).toContain('sip:19009068@');
  expect(leg.headers).not.toMatch(new RegExp(`X-Hotline|Call-Info|${phone.slice(1)}`));
  leg.refuse(486);
  await call.hears('hotline/operator-busy');
  await call.hangUp();
  edit(config, 'extensions-site.conf', [[/\n same => n,Set\(CALLERID.*\n same => n,Dial\(.*\n/, shown]]);
  await withAmi(asterisk.ami, reloadPbx);
});

test('without the application, 8 leads to the operator, who is told so', async () => {
  await application.stop();
  const call = await callFrom('0912345678', { target: asterisk.sip });
  await call.hears('hotline/menu');
  await call.keys('8');
  const { outcome, verdict, info } = await rung();
  expect({ outcome, verdict, info }).toEqual({ outcome: 'unavailable', verdict: '-', info: undefined });
  await call.hangUp();
});
