import { jest } from '@jest/globals';
import { createLogger } from 'winston';
import type { Channel } from '../../src/call/channel.ts';
import { Admission } from '../../src/application/admission.ts';
import { recordRefusal, takeCall } from '../../src/hotline/take-call.ts';
import { reset } from '../support/fakes/branches.ts';
import { FakeChannel } from '../../src/simulation/fake-channel.ts';
import { code, hotlineWithCitizen, lengths, oldHash, phone, said } from '../support/fakes/one-citizen.ts';
import { passTimeUntil, useFakeTime } from '../support/fakes/scripted-call.ts';

useFakeTime();

const admissionFor = (maxCalls: number) =>
  new Admission({ maxCalls, logger: createLogger({ silent: true }) });
const untilGone = (channel: Channel) =>
  new Promise<void>((resolve) => channel.gone.addEventListener('abort', () => resolve()));

/** A caller who keys the right code and otherwise only listens. */
function passiveCaller(): FakeChannel {
  const channel = new FakeChannel({ callerNumber: phone, lengths });
  channel.whenHeard(({ sound }) => {
    if (/enter-code/.test(sound)) setTimeout(() => channel.press(code), 800);
  });
  return channel;
}

/** Lets time pass until this sound begins. */
const hears = (channel: FakeChannel, sound: string) =>
  passTimeUntil(
    new Promise<void>((resolve) => channel.whenHeard((heard) => heard.sound === sound && resolve())),
  );

describe('the admission limit', () => {
  test('a caller over the limit is sent back to the dialplan before any work; a place that becomes free is used again', async () => {
    const admission = admissionFor(2);
    const served: Channel[] = [];
    const serve = async (channel: Channel) => {
      served.push(channel);
      await untilGone(channel);
    };
    const [first, second, third, fourth] = Array.from({ length: 4 }, () => new FakeChannel()) as [
      FakeChannel,
      FakeChannel,
      FakeChannel,
      FakeChannel,
    ];
    expect([first, second, third].map((channel) => admission.admit(channel, serve))).toEqual([
      null,
      null,
      'all lines are busy',
    ]);
    expect([first.exitedTo, second.exitedTo, third.exitedTo]).toEqual([undefined, undefined, 'busy']);
    expect(admission.status).toMatchObject({ calls: 2, refused: 1, draining: false, secondsLeft: null });
    first.callerHangsUp();
    await passTimeUntil(Promise.resolve());
    admission.admit(fourth, serve);
    expect(served.map(({ id }) => id)).toEqual([first.id, second.id, fourth.id]);
    expect(third.heard).toEqual([]);
  });

  test('a caller whose call could not be recorded is sent back, and the dialplan apologises', async () => {
    const admission = admissionFor(2);
    const [unrecorded, served] = [new FakeChannel(), new FakeChannel()];
    expect(admission.admit(unrecorded, untilGone, false)).toBe('too many records wait for the database');
    expect(unrecorded.exitedTo).toBe('unavailable');
    expect(admission.admit(served, untilGone)).toBeNull();
    served.callerHangsUp();
  });

  test('a caller who hangs up while being sent back, and a PBX that cannot send back, do no harm', async () => {
    const admission = admissionFor(1);
    admission.admit(new FakeChannel(), untilGone);
    const gone = new FakeChannel();
    gone.callerHangsUp();
    admission.admit(gone, untilGone);
    const stuck = new FakeChannel();
    stuck.exit = () => Promise.reject(new Error('500'));
    admission.admit(stuck, untilGone);
    await passTimeUntil(Promise.resolve());
    expect(stuck.hungUpBy).toBe('application');
  });
});

describe('a drain', () => {
  test('sends new callers back, lets the running call finish, and ends with it', async () => {
    const { hotline, registry } = hotlineWithCitizen();
    const admission = admissionFor(10);
    const caller = passiveCaller();
    admission.admit(caller, (channel) => takeCall(channel, hotline, reset, 'asserted'));
    await hears(caller, 'hotline/password-intro');
    const drained = admission.drain(180);
    const late = passiveCaller();
    const refusal = admission.admit(late, (channel) => takeCall(channel, hotline, reset, 'asserted'));
    recordRefusal(late, hotline, reset, refusal!);
    expect(late.exitedTo).toBe('unavailable');
    expect(admission.status).toMatchObject({ calls: 1, refused: 1, draining: true, secondsLeft: 180 });
    await passTimeUntil(drained);
    expect(said(caller).slice(-2)).toEqual(['change-at-login', 'goodbye']);
    await passTimeUntil(hotline.ledger.flush());
    expect(registry.audit).toMatchObject([
      { outcome: 'limited', reason: 'the application is being stopped' },
      { outcome: 'changed' },
    ]);
  });

  test('does not end before the last caller is back in the dialplan, even if the first request to the PBX fails', async () => {
    const admission = admissionFor(10);
    const running = new FakeChannel();
    admission.admit(running, untilGone);
    const drained = admission.drain(180);
    const late = new FakeChannel();
    const exit = late.exit.bind(late);
    let asked = 0;
    late.exit = async (to) => {
      await new Promise((resolve) => setTimeout(resolve, 2500));
      if (++asked === 1) throw new Error('no answer within 2500 ms');
      return exit(to);
    };
    admission.admit(late, untilGone);
    running.callerHangsUp();
    await passTimeUntil(drained);
    expect([late.exitedTo, late.hungUpBy]).toEqual(['unavailable', undefined]);
  });

  test('waits for the call back that a caller was promised, whose own line is free as soon as it has hung up', async () => {
    const admission = admissionFor(1);
    const calledBack = Promise.withResolvers<void>();
    const promised = async (line: Channel) => {
      await line.hangUp();
      await calledBack.promise;
    };
    admission.admit(new FakeChannel(), promised);
    await passTimeUntil(Promise.resolve());
    expect(admission.status.calls).toBe(0);
    expect(admission.admit(new FakeChannel(), promised)).toBeNull();
    let isDrained = false;
    const drained = admission.drain(180).then(() => (isDrained = true));
    await passTimeUntil(new Promise((resolve) => setTimeout(resolve, 60_000)));
    expect(isDrained).toBe(false);
    calledBack.resolve();
    await passTimeUntil(drained);
  });

  test('that runs out of time cuts an outgoing leg without a word, and no other may begin', async () => {
    const admission = admissionFor(10);
    const [called, late] = [new FakeChannel(), new FakeChannel()];
    const serve = async (line: Channel) => {
      await untilGone(line);
      await line.hangUp();
    };
    admission.admitOutgoing(called, serve);
    await passTimeUntil(admission.drain(0));
    expect([called.heard, called.hungUpBy, admission.isClosed]).toEqual([[], 'application', true]);
    admission.admitOutgoing(late, serve);
    await passTimeUntil(untilGone(late));
    expect([late.heard, late.hungUpBy]).toEqual([[], 'application']);
  });

  test('without a call ends at once', async () => {
    await passTimeUntil(admissionFor(10).drain(180));
    expect(jest.getTimerCount()).toBe(0);
  });

  test.each(['hotline/enter-code-10', 'hotline/please-wait', 'hotline/password-intro', 'digits/0'])(
    'that runs out of time at %s: the caller hears an apology, the line is released, and the old password still works',
    async (sound) => {
      const { hotline, registry } = hotlineWithCitizen();
      const admission = admissionFor(10);
      const caller = passiveCaller();
      admission.admit(caller, (channel) => takeCall(channel, hotline, reset, 'asserted'));
      const at = sound.startsWith('digits/')
        ? new Promise<void>((resolve) =>
            caller.whenHeard((heard) => heard.sound.startsWith('digits/') && resolve()),
          )
        : undefined;
      await (at === undefined ? hears(caller, sound) : passTimeUntil(at));
      await passTimeUntil(admission.drain(0));
      await passTimeUntil(hotline.ledger.flush());
      expect(said(caller).slice(-2)).toEqual(['interrupted', 'goodbye']);
      expect(caller.heard.at(-1)).toMatchObject({ sound: 'hotline/goodbye', complete: true });
      expect(caller.hungUpBy).toBe('application');
      expect(registry.audit).toMatchObject([
        { outcome: 'interrupted', reason: 'cut: the application was stopping' },
      ]);
      expect(registry.accounts[0]!.passwordHash).toBe(oldHash);
      expect([...registry.resets.values()].filter(({ state }) => state !== 'voided')).toEqual([]);
    },
  );

  test('that runs out of time after the caller was told of the change: the new password stays', async () => {
    const { hotline, registry } = hotlineWithCitizen();
    const admission = admissionFor(10);
    const caller = passiveCaller();
    admission.admit(caller, (channel) => takeCall(channel, hotline, reset, 'asserted'));
    await hears(caller, 'hotline/changed');
    await passTimeUntil(admission.drain(0));
    expect(said(caller).slice(-2)).toEqual(['interrupted', 'goodbye']);
    expect(registry.audit).toMatchObject([{ outcome: 'changed' }]);
    expect(registry.accounts[0]!.passwordHash).not.toBe(oldHash);
  });

  test('asked for twice releases every line at once, even in the middle of an apology', async () => {
    const admission = admissionFor(10);
    const [waiting, apologised] = [new FakeChannel({ lengths }), new FakeChannel({ lengths })];
    const serve = async (channel: Channel) => {
      await untilGone(channel);
      await channel.hangUp();
    };
    admission.admit(apologised, serve);
    const drained = admission.drain(0);
    await hears(apologised, 'hotline/interrupted');
    admission.admitInterrupted(waiting, serve);
    admission.cutAll();
    await passTimeUntil(drained);
    expect([waiting.hungUpBy, apologised.hungUpBy]).toEqual(['application', 'application']);
    expect(waiting.heard).toEqual([]);
    expect(apologised.heard.at(-1)!.complete).toBe(false);
  });

  test('asked for again with less time ends sooner, never later', async () => {
    const admission = admissionFor(10);
    admission.admit(new FakeChannel({ lengths }), untilGone);
    const drained = admission.drain(100);
    void admission.drain(5);
    void admission.drain(500);
    expect(admission.status.secondsLeft).toBe(5);
    await passTimeUntil(drained);
  });
});
