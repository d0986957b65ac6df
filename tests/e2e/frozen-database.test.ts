/** What callers hear, and what is left behind, when the database freezes while a code is checked. */
import type { RowDataPacket } from 'mysql2/promise';
import type { ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import {
  closeRegistryDatabase,
  logsIn,
  newCitizen,
  registryDatabase,
  type Citizen,
} from '../support/machine/citizens.ts';
import { processOf, whenHealthy } from '../support/machine/hotline-under-test.ts';
import { auditOf, callFrom, enterCode, said, stepsOf } from '../support/machine/phone-call.ts';
import { until } from '../support/until.ts';

beforeEach(whenHealthy);
afterAll(async () => {
  await whenHealthy();
  await closeRegistryDatabase();
});

describe('a database that is', () => {
  /** Calls and freezes the database before the code is keyed; thaws it when `meanwhile` is done. */
  async function frozenAtTheCode(
    citizen: Citizen,
    meanwhile: (call: ScriptedCall) => Promise<unknown>,
  ): Promise<ScriptedCall> {
    const call = await callFrom(citizen.phone);
    await call.hears('hotline/menu');
    await call.keys('8');
    await call.hears('hotline/enter-code-10');
    const database = processOf('database');
    process.kill(database, 'SIGSTOP');
    try {
      await call.keys(citizen.code);
      await meanwhile(call);
    } finally {
      process.kill(database, 'SIGCONT');
    }
    return call;
  }

  test('frozen when the code is checked, and thawed while the caller waits: the call continues', async () => {
    const citizen = await newCitizen();
    const call = await frozenAtTheCode(citizen, async (held) => {
      await held.hears('hotline/please-wait'); // heard in every call
      await held.hears('hotline/please-wait');
      await held.hears('hotline/please-wait');
    });
    await call.hears('hotline/password-intro');
    expect(said(call)).not.toContain('fault');
    await call.hangUp();
  });

  test('frozen when the code is checked, and the caller hangs up: the row comes after the check, and nothing stays prepared', async () => {
    const citizen = await newCitizen();
    await frozenAtTheCode(citizen, async (held) => {
      await held.hears('hotline/please-wait');
      await held.hangUp();
    });
    expect(await auditOf(citizen.phone)).toMatchObject([{ outcome: 'hung-up' }]);
    const steps = (await stepsOf(citizen.phone)).filter((step) => /^(code|reset|ended)/.test(step));
    expect(['code match, reset prepared, ended hung-up', 'code unavailable, ended hung-up']).toContain(
      steps.join(', '),
    );
    const left = `SELECT 1 FROM resets JOIN audit_log USING (call_id) WHERE masked_phone = ? AND state = 'prepared'`;
    const masked = `+84***${citizen.phone.slice(-4)}`;
    expect((await registryDatabase().query<RowDataPacket[]>(left, [masked]))[0]).toEqual([]);
    expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
    await whenHealthy();
  });

  test('frozen for longer when the code is checked: the caller is asked to wait, then hears an apology, and no attempt counts; later callers are served again', async () => {
    const citizen = await newCitizen();
    const call = await frozenAtTheCode(citizen, (held) => held.hears('hotline/fault'));
    expect(said(call).filter((name) => name === 'please-wait').length).toBeGreaterThanOrEqual(3);
    await call.hangUp();
    expect(await auditOf(citizen.phone)).toMatchObject([{ outcome: 'fault' }]);
    await whenHealthy();
    const again = await callFrom(citizen.phone);
    await enterCode(again, citizen.code);
    await again.hears('hotline/password-intro');
    await again.hangUp();
    const charged =
      "SELECT 1 FROM attempts JOIN audit_log USING (call_id) WHERE outcome = 'fault' AND (counts_phone OR counts_code)";
    await until(async () => (await registryDatabase().query<RowDataPacket[]>(charged))[0].length === 0);
  });
});
