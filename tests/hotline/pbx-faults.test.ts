/** What a caller hears when the PBX cannot play, or when the channel has already been in a call. */
import { callIdOf } from '../../src/call/call-id.ts';
import { interrupted } from '../../src/hotline/ending.ts';
import { recoverCall } from '../../src/hotline/recover-call.ts';
import { takeCall } from '../../src/hotline/take-call.ts';
import { reset } from '../support/fakes/branches.ts';
import { FakeChannel } from '../../src/simulation/fake-channel.ts';
import {
  code,
  hotlineWithCitizen,
  keying,
  lengths,
  oldHash,
  phone,
  place,
  said,
} from '../support/fakes/one-citizen.ts';
import { listenFor } from '../support/fakes/listen-for.ts';
import { passTimeUntil, useFakeTime } from '../support/fakes/scripted-call.ts';

useFakeTime();

describe('when the PBX', () => {
  test('cannot play the first reading, nothing has changed', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    await place(hotline, keying(code), phone, ['hotline/password-intro']);
    expect(registry.accounts[0]!.passwordHash).toBe(oldHash);
    expect(registry.audit).toMatchObject([{ outcome: 'fault' }]);
  });

  test('cannot play the second reading, no one says that nothing has changed', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    const channel = await place(hotline, keying(code), phone, ['hotline/changed']);
    expect(said(channel)).not.toContain('fault');
    expect(said(channel)).toContain('interrupted');
    expect(registry.audit).toMatchObject([{ outcome: 'changed' }]);
  });

  test('brings a channel interrupted by the death of its process, the caller hears an apology and the call has its row', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    const channel = new FakeChannel({ lengths });
    const dead = { instanceId: 'the dead one', node: 'node-2', process: '' };
    await registry.holdNode(dead);
    await registry.openCall({
      callId: callIdOf(channel, hotline.node),
      instanceId: 'the dead one',
      channelId: channel.id,
      maskedPhone: '',
      phoneKey: null,
    });
    await registry.leaveNode(dead.instanceId);
    await passTimeUntil(registry.closeInterruptedCalls(hotline.instanceId, interrupted));
    const told = listenFor('interrupted');
    await passTimeUntil(recoverCall(channel, hotline, Promise.resolve()).then(() => hotline.ledger.flush()));
    expect(told()).toEqual([]); // by the one that wrote its row
    expect(said(channel)).toEqual(['interrupted', 'goodbye']);
    expect(channel.hungUpBy).toBe('application');
    expect(registry.audit).toMatchObject([
      { outcome: 'interrupted', callId: callIdOf(channel, hotline.node) },
    ]);
    expect(registry.openCalls.size).toBe(0);
  });

  test('brings such a channel while the database is unreachable, the apology does not wait for it', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    const channel = new FakeChannel({ lengths });
    const back = Promise.withResolvers<void>();
    const released = recoverCall(channel, hotline, back.promise);
    await passTimeUntil(new Promise((resolve) => channel.gone.addEventListener('abort', resolve)));
    expect(said(channel)).toEqual(['interrupted', 'goodbye']);
    const told = listenFor('interrupted');
    back.resolve();
    await passTimeUntil(released.then(() => hotline.ledger.flush()));
    expect(registry.audit).toMatchObject([{ outcome: 'interrupted' }]);
    expect(told()).toEqual([{ calls: 1 }]);
  });

  test('brings a channel a second time, because the operator led back to the menu, it is a call of its own', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    const id = '1763800000.7';
    for (const codes of [['0#'], [code]]) {
      const channel = new FakeChannel({ id, callerNumber: phone, lengths });
      const caller = keying(...codes);
      channel.whenHeard(({ sound }, index) =>
        caller(
          sound,
          {
            press: (keys) => channel.press(keys),
            hangUp: () => undefined,
            hangUpUnnoticed: () => undefined,
            goOnHold: () => undefined,
            takeBack: () => undefined,
            after: (_, act) => act(),
          },
          index,
        ),
      );
      await passTimeUntil(takeCall(channel, hotline, reset, 'asserted').then(() => hotline.ledger.flush()));
    }
    expect(registry.audit).toMatchObject([{ outcome: 'operator' }, { outcome: 'changed' }]);
  });
});
