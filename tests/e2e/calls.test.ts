/** Concurrent calls over real SIP and RTP to the hotline that `make run` starts. */
import { closeRegistryDatabase, logsIn, newCitizen } from '../support/machine/citizens.ts';
import { auditOf, callFrom, enterCode, said, stepsOf } from '../support/machine/phone-call.ts';

afterAll(closeRegistryDatabase);

const aPassword = expect.stringMatching(/^[0-9]{8}$/);

test.concurrent('a caller whose number and code match hears a new password twice, and it works', async () => {
  const citizen = await newCitizen();
  const call = await callFrom(citizen.phone);
  await enterCode(call, citizen.code);
  await call.heardToEnd('hotline/goodbye');
  expect((await call.ended).by).toBe('pbx');

  expect(said(call)).toEqual([
    'menu',
    'enter-code-10',
    'please-wait',
    'password-intro',
    aPassword,
    'changed',
    aPassword,
    'offer-reading',
    'valid-10-minutes',
    'change-at-login',
    'goodbye',
  ]);
  const [first, second] = call.digitsHeard();
  expect(second).toBe(first);
  expect(await logsIn(citizen, first!)).toBe(true);
  expect(await logsIn(citizen, citizen.oldPassword)).toBe(false);
  expect(await auditOf(citizen.phone)).toEqual([{ outcome: 'changed', reason: 'heard, then stored' }]);
  const steps = await stepsOf(citizen.phone);
  expect(steps.filter((step) => step === 'key')).toHaveLength(10);
  expect(steps.filter((step) => !/^(key|said|cut)$/.test(step))).toEqual([
    ...['arrived reset', 'answered', 'identity asserted', 'opening admitted', 'says enter-code-10'],
    ...[
      'says please-wait',
      'code match',
      'reset prepared',
      'says password-intro 8 digits',
      'reset activated',
    ],
    ...['says changed 8 digits', 'says offer-reading valid-10-minutes change-at-login', 'says goodbye'],
    ...['hangs-up', 'ended changed'],
  ]);
});

test.concurrent('a caller who waits for every announcement is done within one tariff minute', async () => {
  const citizen = await newCitizen();
  const call = await callFrom(citizen.phone);
  await call.heardToEnd('hotline/menu');
  await call.keys('8');
  await call.heardToEnd('hotline/enter-code-10');
  await call.keys(citizen.code, { toneMs: 200, gapMs: 400 });
  await call.heardToEnd('hotline/goodbye', { deadlineMs: 60_000 });
  // This does not depend on the machine's speed, only on the length of the prompts and ten unhurried keys.
  expect((await call.ended).atMs).toBeLessThan(60_000);
});

test.concurrent('a caller who knows the menu keys 8 and the code ahead, as fast as a phone can', async () => {
  const citizen = await newCitizen();
  const call = await callFrom(citizen.phone);
  await call.hears('hotline/menu');
  await call.keys(`8${citizen.code}`, { toneMs: 40, gapMs: 40 });
  await call.heardToEnd('hotline/goodbye');
  // The question may be heard for the 80 ms until the first digit of the code arrives.
  expect(said(call).filter((name) => name !== 'enter-code-10')).toEqual([
    'menu',
    'please-wait',
    'password-intro',
    aPassword,
    'changed',
    aPassword,
    'offer-reading',
    'valid-10-minutes',
    'change-at-login',
    'goodbye',
  ]);
  // Within 35 s by the recordings (hotline/passive-call); what a busy machine adds is no matter of this test.
  await call.ended;
});

test.concurrent(
  'a wrong number hears the official sentence three times, and the account is unchanged',
  async () => {
    const [citizen, stranger] = await Promise.all([newCitizen(), newCitizen()]);
    const call = await callFrom(stranger.phone);
    await enterCode(call, citizen.code);
    for (let entry = 2; entry <= 3; entry++) {
      await call.heardToEnd('hotline/mismatch');
      await call.hears('hotline/enter-again');
      await call.keys(citizen.code);
    }
    await call.heardToEnd('hotline/too-many-entries');
    await call.heardToEnd('hotline/goodbye');
    expect(said(call)).toEqual([
    'menu', 'enter-code-10', 'please-wait', 'mismatch', 'enter-again', 'please-wait', 'mismatch', 'enter-again', 'please-wait', 'mismatch', 'too-many-entries', 'offer-other-ways', 'offer-operator', 'goodbye',
  ]); // prettier-ignore
    expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
    expect(await auditOf(stranger.phone)).toEqual([{ outcome: 'mismatch', reason: 'no entries left' }]);
  },
);

test.concurrent('an unknown code sounds exactly like a wrong number', async () => {
  const { phone } = await newCitizen();
  const call = await callFrom(phone);
  await enterCode(call, '9999999999');
  await call.heardToEnd('hotline/mismatch');
  await call.hangUp();
  expect(said(call).slice(0, 4)).toEqual(['menu', 'enter-code-10', 'please-wait', 'mismatch']);
  expect(await auditOf(phone)).toMatchObject([{ outcome: 'hung-up' }]);
});

test.concurrent('a wrong entry can be corrected at the second attempt', async () => {
  const citizen = await newCitizen();
  const call = await callFrom(citizen.phone);
  await enterCode(call, '9999999999');
  await call.hears('hotline/mismatch');
  await call.keys(citizen.code);
  await call.heardToEnd('hotline/goodbye');
  expect(await logsIn(citizen, call.digitsHeard()[0]!)).toBe(true);
});

test.concurrent('too few digits are distinguished from a wrong code', async () => {
  const { phone } = await newCitizen();
  const call = await callFrom(phone);
  await enterCode(call, '12345#');
  await call.hears('hotline/code-length');
  await call.hears('hotline/enter-again');
  await call.keys('123');
  await call.hears('hotline/code-length'); // 5 s after the last key
  await call.hangUp();
});

test.concurrent('* starts the code again', async () => {
  const citizen = await newCitizen();
  const call = await callFrom(citizen.phone);
  await enterCode(call, `12345*${citizen.code}`);
  await call.hears('hotline/password-intro');
  await call.hangUp();
});

test.concurrent('a silent caller is asked three times, then the call ends', async () => {
  const { phone } = await newCitizen();
  const call = await callFrom(phone);
  await call.hears('hotline/menu');
  await call.keys('8');
  await call.heardToEnd('hotline/goodbye', { deadlineMs: 90_000 });
  expect(said(call)).toEqual([
    'menu',
    'enter-code-10',
    'code-silence',
    'enter-code-10',
    'code-silence',
    'enter-code-10',
    'too-many-silences',
    'goodbye',
  ]);
  expect((await call.ended).by).toBe('pbx');
  expect(await auditOf(phone)).toEqual([{ outcome: 'no-input', reason: 'three silences' }]);
});

test.concurrent(
  'silence and unknown keys in the menu are distinguished, and the third ends the call',
  async () => {
    const { phone } = await newCitizen();
    const call = await callFrom(phone);
    await call.hears('hotline/menu');
    await call.keys('5');
    await call.hears('hotline/menu-invalid');
    await call.hears('hotline/menu');
    await call.hears('hotline/menu-silence', { deadlineMs: 40_000 });
    await call.hears('hotline/menu');
    await call.keys('#');
    await call.heardToEnd('hotline/goodbye');
  },
);

test.concurrent('0 reaches the operator: in the menu, at the code, and after an apology', async () => {
  const inMenu = await callFrom((await newCitizen()).phone);
  await inMenu.hears('hotline/menu');
  await inMenu.keys('0');
  const atCode = await callFrom((await newCitizen()).phone);
  await enterCode(atCode, '0#');
  const apologised = await callFrom('anonymous', { identity: { from: 'anonymous', withheld: true } });
  await apologised.hears('hotline/menu');
  await apologised.keys('8');
  await apologised.hears('hotline/offer-operator');
  await apologised.keys('0');
  await Promise.all([inMenu, atCode, apologised].map((call) => call.heardToEnd('hotline/operator-closed')));
});

test.concurrent('a caller who withholds their number is told why they cannot be helped', async () => {
  const call = await callFrom('', { identity: { from: 'anonymous', withheld: true } });
  await call.hears('hotline/menu');
  await call.keys('8');
  await call.heardToEnd('hotline/no-identity');
  await call.heardToEnd('hotline/goodbye', { deadlineMs: 40_000 });
  expect(said(call)).toEqual(['menu', 'no-identity', 'offer-other-ways', 'offer-operator', 'goodbye']);
});

test.concurrent(
  'a number that is withheld (Privacy: id) or not asserted by the carrier does not count',
  async () => {
    const { phone } = await newCitizen();
    for (const identity of [
      { from: phone, headers: [['Privacy', 'id']] as [string, string][] },
      { from: phone, pai: null },
    ]) {
      const call = await callFrom(phone, { identity });
      await call.hears('hotline/menu');
      await call.keys('8');
      await call.hears('hotline/no-identity');
      await call.hangUp();
    }
  },
);

test.concurrent.each([
  '0912"345678',
  '&0912345678',
  '${SHELL(id)}',
  '0912345678\r\nP-Asserted-Identity: <sip:0987654321@x>',
  '0'.repeat(200),
  'số điện thoại',
])('a hostile caller ID (%j) is served like a withheld one', async (from) => {
  const call = await callFrom(from);
  await call.hears('hotline/menu');
  await call.keys('8');
  await call.heardToEnd('hotline/no-identity');
  await call.hangUp();
});

test.concurrent('a caller who hangs up during the first reading keeps the old password', async () => {
  const citizen = await newCitizen();
  const call = await callFrom(citizen.phone);
  await enterCode(call, citizen.code);
  await call.hears(/^digits/);
  await call.hears(/^digits/);
  await call.hangUp();
  expect(await auditOf(citizen.phone)).toMatchObject([{ outcome: 'hung-up' }]);
  expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
});

test.concurrent(
  'a caller who hangs up during the last digit of the first reading keeps the old password',
  async () => {
    const citizen = await newCitizen();
    const call = await callFrom(citizen.phone);
    await enterCode(call, citizen.code);
    for (let digit = 1; digit <= 8; digit++) await call.hears(/^digits/);
    await call.hangUp();
    expect(await auditOf(citizen.phone)).toMatchObject([{ outcome: 'hung-up' }]);
    expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
  },
);

test.concurrent('a caller who hangs up during the second reading has the new password', async () => {
  const citizen = await newCitizen();
  const call = await callFrom(citizen.phone);
  await enterCode(call, citizen.code);
  await call.hears('hotline/changed');
  await call.hears(/^digits/);
  await call.hangUp();
  expect(await auditOf(citizen.phone)).toMatchObject([{ outcome: 'changed' }]);
  expect(await logsIn(citizen, call.digitsHeard()[0]!)).toBe(true);
});

test.concurrent(
  'of two simultaneous calls for one account, the last reading wins and the other caller is told',
  async () => {
    const citizen = await newCitizen();
    const first = await callFrom(citizen.phone);
    await enterCode(first, citizen.code);
    await first.hears('hotline/password-intro');
    const second = await callFrom(citizen.phone);
    await enterCode(second, citizen.code);
    await first.hears('hotline/fault');
    await second.heardToEnd('hotline/goodbye');
    expect(await logsIn(citizen, second.digitsHeard()[1]!)).toBe(true);
    expect((await auditOf(citizen.phone, 2)).map(({ outcome }) => outcome).sort()).toEqual([
      'changed',
      'fault',
    ]);
  },
);

test.concurrent('a password is read without a gap between its sounds, about a digit a second', async () => {
  const citizen = await newCitizen();
  const call = await callFrom(citizen.phone);
  await enterCode(call, citizen.code);
  await call.heardToEnd('hotline/changed');
  const digits = call
    .transcript()
    .filter((entry) => entry.kind === 'heard' && entry.name.startsWith('digits/'));
  const [from, to] = [digits[0]!.atMs, digits[7]!.atMs];
  expect((to - from) / 7).toBeGreaterThan(800);
  expect((to - from) / 7).toBeLessThan(1500);
  // On the sender's clock: 20 ms a packet throughout the reading, pauses included.
  expect(call.packetSpacing(from, to).timestampMs).toBe(20);
  await call.hangUp();
});

test.concurrent('keys pressed during the reading do not cut it', async () => {
  const citizen = await newCitizen();
  const call = await callFrom(citizen.phone);
  await enterCode(call, citizen.code);
  await call.hears('hotline/password-intro');
  await call.keys('0123*#');
  await call.heardToEnd('hotline/goodbye');
  expect(await logsIn(citizen, call.digitsHeard()[1]!)).toBe(true);
});
