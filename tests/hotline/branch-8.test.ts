/** Branch 8 with scripted callers under fake time, and a registry in memory. */
import { verifyPassword } from '../../src/accounts/password-hash.ts';
import { CallLedger } from '../../src/records/call-ledger.ts';
import {
  backAtApology,
  code,
  hotlineWithCitizen,
  keying,
  oldHash,
  phone,
  place,
  said,
  spokenPassword,
} from '../support/fakes/one-citizen.ts';
import { useFakeTime } from '../support/fakes/scripted-call.ts';

useFakeTime();

describe('a call', () => {
  test('that matches hears the password twice, and the account has it', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    const channel = await place(hotline, keying(code));
    const password = spokenPassword(channel);
    expect(said(channel)).toEqual([
      'enter-code-10',
      'please-wait',
      'password-intro',
      password,
      'changed',
      password,
      'offer-reading',
      'valid-10-minutes',
      'change-at-login',
      'goodbye',
    ]);
    expect(await verifyPassword(registry.accounts[0]!.passwordHash, password)).toBe(true);
    expect(registry.accounts[0]).toMatchObject({ mustChange: true });
    expect(registry.audit).toMatchObject([{ outcome: 'changed' }]);
    expect(registry.outbox).toHaveLength(1);
    expect(channel.hungUpBy).toBe('application');
  });

  test('hears that the password has changed only after it has', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    let hashWhenTold = oldHash;
    await place(hotline, (sound, line, index) => {
      keying(code)(sound, line, index);
      if (sound === 'hotline/changed') hashWhenTold = registry.accounts[0]!.passwordHash;
    });
    expect(hashWhenTold).not.toBe(oldHash);
  });

  test('whose hang-up during the first reading has not been reported yet changes nothing', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    await place(hotline, (sound, line, index) => {
      keying(code)(sound, line, index);
      if (sound === 'hotline/password-intro') line.hangUpUnnoticed();
    });
    expect(registry.accounts[0]!.passwordHash).toBe(oldHash);
    expect(registry.audit).toMatchObject([{ outcome: 'hung-up' }]);
  });

  test('with three wrong codes hears the official sentence each time, and is offered the operator', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    const channel = await place(hotline, keying('9999999999', '8888888888', '7777777777'));
    expect(said(channel)).toEqual([
      ...[
        'enter-code-10',
        'please-wait',
        'mismatch',
        'enter-again',
        'please-wait',
        'mismatch',
        'enter-again',
      ],
      ...['please-wait', 'mismatch', 'too-many-entries', 'offer-other-ways', 'offer-operator', 'goodbye'],
    ]);
    expect(registry.accounts[0]!.passwordHash).toBe(oldHash);
    expect(registry.audit).toMatchObject([{ outcome: 'mismatch' }]);
  });

  test('counts silences and wrong attempts separately', async () => {
    const { hotline } = hotlineWithCitizen();
    const channel = await place(hotline, keying('', '99#', '', '98#', code));
    expect(said(channel)).toContain('changed');
  });

  test('ends at the third silence', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    const channel = await place(hotline, keying());
    expect(said(channel)).toEqual([
      'enter-code-10',
      'code-silence',
      'enter-code-10',
      'code-silence',
      'enter-code-10',
      'too-many-silences',
      'goodbye',
    ]);
    expect(registry.audit).toMatchObject([{ outcome: 'no-input' }]);
  });

  test('with attempts of the wrong length only is told so', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    const channel = await place(hotline, keying('1#', '12#', '123#'));
    expect(said(channel)).toEqual([
      'enter-code-10',
      'code-length',
      'enter-again',
      'code-length',
      'enter-again',
      'code-length',
      'too-many-entries',
      'offer-other-ways',
      'offer-operator',
      'goodbye',
    ]);
    expect(registry.audit).toMatchObject([{ outcome: 'bad-input' }]);
  });

  test('reaches the operator by 0 and #, or by 0 and waiting', async () => {
    for (const keys of ['0#', '0']) {
      const { registry, hotline } = hotlineWithCitizen();
      const channel = await place(hotline, keying(keys));
      expect(channel.exitedTo).toBe('operator');
      const [{ callId, outcome }] = registry.audit as [(typeof registry.audit)[number]];
      expect(channel.told).toEqual({ outcome, verdict: 'asserted', callId, number: 'certain' });
    }
  });

  test.each(['', 'anonymous', '0912"345678', '+84912345678 ', '+14155550100', '${EXTEN}', '113'])(
    'from %j is refused and offered the operator',
    async (callerNumber) => {
      const { registry, hotline } = hotlineWithCitizen();
      const channel = await place(
        hotline,
        (sound, line) =>
          sound === 'hotline/offer-operator' ? line.after(500, () => line.press('0')) : undefined,
        callerNumber,
      );
      expect(said(channel)).toEqual(['no-identity', 'offer-other-ways', 'offer-operator']);
      expect(channel.exitedTo).toBe('operator');
      const callId = registry.audit[0]?.callId;
      expect(channel.told).toEqual({ outcome: 'no-identity', verdict: 'withheld', callId });
      expect(registry.audit).toMatchObject([{ outcome: 'no-identity' }]);
    },
  );

  test('who hangs up on hearing that the number is unknown has that as the reason of the call', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    await place(
      hotline,
      (sound, line) => (sound === 'hotline/no-identity' ? line.after(200, () => line.hangUp()) : undefined),
      'anonymous',
    );
    expect(registry.audit).toMatchObject([
      { outcome: 'no-identity', reason: 'the PBX gives no number that can be used' },
    ]);
  });

  test('with a code keyed ahead of a refusal hears the reason to its end: the 0 in the code does not ask for the operator', async () => {
    const { hotline } = hotlineWithCitizen();
    const channel = await place(
      hotline,
      (sound, line) =>
        sound === 'hotline/no-identity' ? line.after(200, () => line.press(code)) : undefined,
      '',
    );
    expect(channel.exitedTo).toBeUndefined();
    expect(channel.heard.find(({ sound }) => sound === 'hotline/no-identity')?.complete).toBe(true);
    expect(said(channel)).toEqual(['no-identity', 'offer-other-ways', 'offer-operator', 'goodbye']);
  });

  test('with several short codes keyed in one burst uses up one attempt, and is told so', async () => {
    const { hotline } = hotlineWithCitizen();
    const channel = await place(hotline, keying('012#345#6789#', code));
    expect(said(channel).slice(0, 3)).toEqual(['enter-code-10', 'code-length', 'enter-again']);
    expect(said(channel)).toContain('changed');
  });

  test('drops keys pressed before the result was known, and takes those pressed while it is being said', async () => {
    const { hotline } = hotlineWithCitizen();
    const channel = await place(hotline, (sound, line) => {
      if (sound === 'hotline/enter-code-10') line.press('9999999999');
      if (sound === 'hotline/please-wait') line.press('55#');
      if (sound === 'hotline/mismatch') line.press(code);
    });
    expect(said(channel)).toContain('changed');
    expect(said(channel)).not.toContain('code-length');
  });
});

describe('when the database', () => {
  test.each([
    ['cannot open the call', 'openCall'],
    ['cannot check the code', 'checkAttempt'],
  ] as const)('%s, the caller hears an apology and nothing has changed', async (_, method) => {
    const { registry, hotline } = hotlineWithCitizen();
    registry.stayAway('hang', method);
    const channel = await place(hotline, backAtApology(registry, keying(code)));
    expect(said(channel).slice(-4)).toEqual(['please-wait', 'fault', 'offer-operator', 'goodbye']);
    expect(said(channel)).not.toContain('changed');
    expect(registry.accounts[0]!.passwordHash).toBe(oldHash);
    expect(registry.audit).toMatchObject([{ outcome: 'fault', reason: 'the database is away' }]);
  });

  test('loses the answer to a change that was made, the caller is told it was made', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    registry.failNext('activateReset', 'after-commit');
    const channel = await place(hotline, keying(code));
    expect(said(channel)).toContain('changed');
    expect(await verifyPassword(registry.accounts[0]!.passwordHash, spokenPassword(channel))).toBe(true);
    expect(registry.audit).toMatchObject([{ outcome: 'changed' }]);
  });

  test.each(['checkAttempt', 'activateReset'] as const)(
    'is slow (%s) and the caller hangs up meanwhile, the account stays consistent',
    async (method) => {
      const { registry, hotline } = hotlineWithCitizen();
      const work = registry[method].bind(registry) as (argument: never) => Promise<never>;
      let hangUp = () => undefined as void;
      registry[method] = async (argument: never) => {
        setTimeout(() => hangUp(), 500);
        await new Promise((resolve) => setTimeout(resolve, 1500));
        return work(argument);
      };
      const channel = await place(hotline, (sound, line, index) => {
        hangUp = () => line.hangUp();
        keying(code)(sound, line, index);
      });
      const isStored = method === 'activateReset';
      expect(said(channel)).not.toContain('changed');
      expect(registry.accounts[0]!.passwordHash === oldHash).toBe(!isStored);
      if (isStored)
        expect(await verifyPassword(registry.accounts[0]!.passwordHash, spokenPassword(channel))).toBe(true);
      expect(registry.audit).toMatchObject([{ outcome: isStored ? 'changed' : 'hung-up' }]);
      expect([...registry.resets.values()].map(({ state }) => state)).toEqual([
        isStored ? 'activated' : 'voided',
      ]);
    },
  );

  test('takes no change for as long as the caller can wait, the caller is told it was not made', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    registry.stayAway('before', 'activateReset');
    const channel = await place(hotline, keying(code));
    expect(said(channel)).toContain('fault');
    expect(registry.accounts[0]!.passwordHash).toBe(oldHash);
    expect(registry.audit).toMatchObject([{ outcome: 'fault' }]);
  });

  test('answers the change with an unexpected error, what was changed is found out all the same', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    const activate = registry.activateReset.bind(registry);
    registry.activateReset = async (activation) => {
      await activate(activation);
      throw new TypeError('a mistake of ours');
    };
    const channel = await place(hotline, keying(code));
    expect(said(channel)).toContain('changed');
    expect(said(channel)).not.toContain('fault');
  });

  test('stays unreachable after the change and the PBX cannot say so, nothing untrue is said instead', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    registry.failNext('activateReset', 'after-commit');
    registry.stayAway('before', 'activateReset', 'readReset', 'voidReset');
    const channel = await place(hotline, keying(code), phone, ['hotline/fault-unconfirmed']);
    expect(said(channel)).not.toContain('fault');
  });

  test('refuses the terminal row of a call for good, that is reported, and nothing else stops', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    const lost: unknown[] = [];
    registry.closeCall = () => Promise.reject(new TypeError('a mistake of ours'));
    await place(
      { ...hotline, ledger: new CallLedger({ registry, onFault: (error) => lost.push(error) }) },
      keying('0#'),
    );
    expect(lost).toEqual([expect.any(TypeError)]);
  });

  test('stays unreachable after the change, the caller is told that we do not know', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    registry.failNext('activateReset', 'hang');
    registry.stayAway('before', 'activateReset', 'readReset', 'voidReset');
    const channel = await place(hotline, keying(code));
    expect(said(channel).slice(-4)).toEqual([
      'please-wait',
      'fault-unconfirmed',
      'offer-operator',
      'goodbye',
    ]);
    expect(said(channel)).not.toContain('changed');
    expect(registry.audit).toMatchObject([{ outcome: 'fault' }]);
  });

  test('is unreachable when the call ends, the row is written when it is back, and delays no other', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    for (let i = 0; i < 5; i++) registry.failNext('closeCall', 'before');
    await place(hotline, keying('0#'));
    await place(hotline, keying('0#'));
    expect(registry.audit).toMatchObject([{ outcome: 'operator' }, { outcome: 'operator' }]);
  });
});
