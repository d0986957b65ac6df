/** An officer blocks resets by phone (`hotline account block`), before a call and in the middle of one. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AnsweringPhones } from '../support/machine/answering-phones.ts';
import { e164 } from '../support/machine/called-back.ts';
import { closeRegistryDatabase, logsIn, newCitizen, type Citizen } from '../support/machine/citizens.ts';
import { hotlineEnvironment } from '../support/machine/hotline-under-test.ts';
import { auditOf, callFrom, enterCode, said } from '../support/machine/phone-call.ts';

let phones: AnsweringPhones;

beforeAll(async () => {
  phones = await AnsweringPhones.open('127.0.0.4:5060', join(import.meta.dirname, '../../sounds/vi'));
});

afterAll(async () => {
  phones.close();
  await closeRegistryDatabase();
});

/** `hotline account block`, or allow. Resolves with what it printed. */
async function account({ code }: Citizen, ...args: string[]): Promise<string> {
  const env = { ...process.env, ...hotlineEnvironment() };
  const words = ['src/cli.ts', 'account', ...args, '--reason', 'stolen SIM'];
  const running = promisify(execFile)(process.execPath, words, { env });
  running.child.stdin!.end(`${code}\n`);
  return (await running).stdout;
}

/** Keys a code three times, and returns what was heard. */
async function keyThreeTimes(phone: string, code: string): Promise<string[]> {
  const call = await callFrom(phone);
  await enterCode(call, code);
  for (let again = 0; again < 2; again++) {
    await call.hears('hotline/enter-again');
    await call.keys(code);
  }
  await call.heardToEnd('hotline/goodbye');
  return said(call);
}

test.concurrent(
  'the owner of a blocked account hears exactly what a caller with a code of nobody hears, and once it is allowed gets a password',
  async () => {
    const [citizen, stranger] = [await newCitizen(), await newCitizen()];
    expect(await account(citizen, 'block')).toMatch(/^resets by phone: blocked\n/);
    const [heard, ofMismatch] = await Promise.all([
      keyThreeTimes(citizen.phone, citizen.code),
      keyThreeTimes(stranger.phone, '9999999999'),
    ]);
    expect(heard).toEqual(ofMismatch);
    expect(heard.filter((name) => name === 'mismatch')).toHaveLength(3);
    const ended = [{ outcome: 'mismatch', reason: 'no entries left' }];
    expect([await auditOf(citizen.phone), await auditOf(stranger.phone)]).toEqual([ended, ended]);
    expect(await account(citizen, 'allow')).toMatch(/^resets by phone: allowed\n/);
    const call = await callFrom(citizen.phone);
    await enterCode(call, citizen.code);
    await call.heardToEnd('hotline/changed');
    await call.hangUp();
    expect(await logsIn(citizen, call.digitsHeard()[0]!)).toBe(true);
  },
);

test.concurrent(
  'blocked in the middle of the first reading: the caller hears an apology, and the old password stays',
  async () => {
    const citizen = await newCitizen();
    const call = await callFrom(citizen.phone);
    await enterCode(call, citizen.code);
    await call.hears('hotline/password-intro');
    expect(await account(citizen, 'block')).toMatch(/^resets by phone: blocked\n/);
    await call.hears('hotline/fault');
    await call.heardToEnd('hotline/goodbye');
    expect(said(call)).not.toContain('changed');
    expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
    expect(await auditOf(citizen.phone)).toEqual([
      { outcome: 'fault', reason: 'the reset was no longer valid' },
    ]);
  },
);

test.concurrent(
  'an account that may only be called back hears its password at its own phone, and none once it is blocked while that rings',
  async () => {
    const citizen = await newCitizen();
    await account(citizen, 'block', '--call-back-only');
    const promised = async () => {
      const call = await callFrom(citizen.phone);
      await enterCode(call, citizen.code);
      await call.heardToEnd('hotline/goodbye');
      expect(said(call).slice(2)).toEqual(['please-wait', 'call-back-promise', 'goodbye']);
      return phones.rings(e164(citizen.phone));
    };
    const ringing = await promised();
    expect(await account(citizen, 'block')).toMatch(/^resets by phone: blocked\n/);
    const refused = await ringing.answer();
    await refused.hears('hotline/call-back-request');
    await refused.keys('1');
    await refused.hears('hotline/mismatch');
    await refused.hangUp();
    expect(said(refused)).not.toContain('password-intro');
    expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
    await account(citizen, 'block', '--call-back-only');
    const answered = await (await promised()).answer();
    await answered.hears('hotline/call-back-request');
    await answered.keys('1');
    await answered.heardToEnd('hotline/changed');
    await answered.hangUp();
    expect(await logsIn(citizen, answered.digitsHeard()[0]!)).toBe(true);
  },
);
