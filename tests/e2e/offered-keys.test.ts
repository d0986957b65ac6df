/** What callers reach by the keys that are offered at the end of a call, and what they are told before the menu. */
import { closeRegistryDatabase, logsIn, newCitizen } from '../support/machine/citizens.ts';
import { pbxConsole } from '../support/machine/pbx-console.ts';
import { auditOf, callFrom, enterCode, said, stepsOf } from '../support/machine/phone-call.ts';

afterAll(closeRegistryDatabase);

const aPassword = expect.stringMatching(/^[0-9]{8}$/);

describe('1', () => {
  test.concurrent(
    'at the end of a call that cannot help leads to the other ways, and 0 to the operator',
    async () => {
      const call = await callFrom('', { identity: { from: 'anonymous', withheld: true } });
      await call.hears('hotline/menu');
      await call.keys('8');
      await call.hears('hotline/offer-other-ways');
      await call.keys('1');
      await call.heardToEnd('hotline/other-ways-online');
      await call.heardToEnd('hotline/other-ways-forms');
      await call.hears('hotline/offer-operator');
      await call.keys('0');
      await call.heardToEnd('hotline/operator-closed');
      // The end of what 1 cuts short may be heard or not.
      expect(
        said(call)
          .filter((name) => name !== 'offer-operator')
          .slice(0, 6),
      ).toEqual([
        ...[
          'menu',
          'no-identity',
          'offer-other-ways',
          'other-ways-online',
          'other-ways-forms',
          'operator-closed',
        ],
      ]);
    },
  );

  test.concurrent('after three mismatches leads to the other ways as well, and to goodbye', async () => {
    const { phone } = await newCitizen();
    const call = await callFrom(phone);
    await enterCode(call, '9999999999');
    for (let attempt = 2; attempt <= 3; attempt++) {
      await call.hears('hotline/enter-again');
      await call.keys('9999999999');
    }
    await call.hears('hotline/offer-other-ways');
    await call.keys('1');
    await call.heardToEnd('hotline/other-ways-forms');
    await call.heardToEnd('hotline/goodbye', { deadlineMs: 30_000 });
    expect(await auditOf(phone)).toEqual([{ outcome: 'mismatch', reason: 'no entries left' }]);
  });

  test.concurrent(
    'after the second reading has the password read twice more, slowly, and the password works',
    async () => {
      const citizen = await newCitizen();
      const call = await callFrom(citizen.phone);
      await enterCode(call, citizen.code);
      for (let time = 1; time <= 2; time++) {
        await call.hears('hotline/offer-reading');
        await call.keys('1');
      }
      await call.heardToEnd('hotline/goodbye', { deadlineMs: 60_000 });
      expect((await call.ended).by).toBe('pbx');
      expect(said(call).slice(5)).toEqual([
        'changed',
        aPassword,
        ...['offer-reading', 'valid-10-minutes', 'change-at-login'],
        aPassword,
        'offer-reading',
        aPassword,
        'goodbye',
      ]);
      const readings = call.digitsHeard();
      expect(new Set(readings).size).toBe(1);
      expect(readings).toHaveLength(4);
      expect(await logsIn(citizen, readings[3]!)).toBe(true);
      expect(await auditOf(citizen.phone)).toEqual([{ outcome: 'changed', reason: 'heard, then stored' }]);
      expect((await stepsOf(citizen.phone)).filter((step) => step === 'says 8 digits')).toHaveLength(2);
      const spans = spansOf(call, readings[0]!.length);
      expect(Math.min(spans[2]!, spans[3]!) - Math.max(spans[0]!, spans[1]!)).toBeGreaterThan(2000);
    },
  );

  test.concurrent('pressed before a hang-up in the third reading leaves the new password', async () => {
    const citizen = await newCitizen();
    const call = await callFrom(citizen.phone);
    await enterCode(call, citizen.code);
    await call.hears('hotline/offer-reading');
    await call.keys('1');
    await call.heardToEnd('hotline/change-at-login');
    await call.hears(/^digits/);
    await call.hangUp();
    expect(await auditOf(citizen.phone)).toEqual([{ outcome: 'changed', reason: 'heard, then stored' }]);
    expect(await logsIn(citizen, call.digitsHeard()[0]!)).toBe(true);
  });
});

describe('with HOTLINE_FEE_ANNOUNCEMENT = yes', () => {
  beforeAll(() => pbxConsole('dialplan set global HOTLINE_FEE_ANNOUNCEMENT yes'));
  afterAll(() => pbxConsole('dialplan set global HOTLINE_FEE_ANNOUNCEMENT no'));

  test('callers are told once, before the first menu, what the call costs', async () => {
    const call = await callFrom((await newCitizen()).phone);
    await call.heardToEnd('hotline/fee');
    await call.heardToEnd('hotline/menu');
    await call.keys('5');
    await call.hears('hotline/menu-invalid');
    await call.hears('hotline/menu');
    await call.keys('9');
    await call.heardToEnd('hotline/goodbye');
    expect(said(call)).toEqual(['fee', 'menu', 'menu-invalid', 'menu', 'goodbye']);
  });

  test('a key cuts it short, and what is keyed ahead counts', async () => {
    const citizen = await newCitizen();
    const call = await callFrom(citizen.phone);
    await call.hears('hotline/fee');
    await call.keys(`8${citizen.code}`, { toneMs: 40, gapMs: 40 });
    await call.heardToEnd('hotline/changed');
    await call.hangUp();
    expect(said(call)).not.toContain('menu');
    expect(await logsIn(citizen, call.digitsHeard()[0]!)).toBe(true);
  });
});

/** From the first digit of each reading to its last, ms. */
function spansOf(call: Awaited<ReturnType<typeof callFrom>>, length: number): number[] {
  const digits = call
    .transcript()
    .filter((entry) => entry.kind === 'heard' && entry.name.startsWith('digits/'));
  return Array.from(
    { length: digits.length / length },
    (_, n) => digits[length * (n + 1) - 1]!.atMs - digits[length * n]!.atMs,
  );
}
