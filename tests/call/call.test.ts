import { Call, type Question } from '../../src/call/call.ts';
import { ChannelGone } from '../../src/call/channel.ts';
import { PlaybackFailed } from '../../src/call/speaker.ts';
import type { SpokenDigit } from '../../src/call/prompts.ts';
import { FakeChannel } from '../../src/simulation/fake-channel.ts';
import { passTimeUntil, useFakeTime } from '../support/fakes/scripted-call.ts';
import { jest } from '@jest/globals';

useFakeTime();

const lengths = new Map([
  ['hotline/enter-code-10', 5000],
  ['hotline/goodbye', 2000],
  ['hotline/silence', 20_000],
]);
const timings = { firstDigitTimeoutMs: 7000, interdigitTimeoutMs: 5000 };
const reading = Array.from('0123456789', (digit) => `digits/${digit}` as SpokenDigit);
const code: Question = { prompts: ['enter-code-10'], lengths: [10] };

async function answerCall(): Promise<{ channel: FakeChannel; call: Call }> {
  const channel = new FakeChannel({ lengths });
  const call = new Call(channel, timings);
  await call.answer();
  return { channel, call };
}

/** Presses keys one by one, `gapMs` apart, starting at `startMs`. */
function pressKeys(channel: FakeChannel, pressed: string, startMs: number, gapMs: number): void {
  Array.from(pressed).forEach((key, index) => setTimeout(() => channel.press(key), startMs + index * gapMs));
}

describe('a question', () => {
  test('takes ten keys as one answer, at any speed from 80 ms to just under the timeout', async () => {
    for (const gapMs of [80, 500, 4900]) {
      const { channel, call } = await answerCall();
      pressKeys(channel, '0123456789', 6000, gapMs);
      expect(await passTimeUntil(call.ask(code))).toEqual({ kind: 'digits', digits: '0123456789' });
    }
  });

  test('is cut short by the first digit, which counts (barge-in)', async () => {
    const { channel, call } = await answerCall();
    pressKeys(channel, '0123456789', 1000, 100);
    expect(await passTimeUntil(call.ask(code))).toMatchObject({ digits: '0123456789' });
    await jest.advanceTimersByTimeAsync(10_000); // long enough for the whole prompt
    const prompt = channel.heard.find(({ sound }) => sound === 'hotline/enter-code-10');
    expect(prompt?.complete).toBe(false);
  });

  test('is not asked when the answer has been keyed ahead (type-ahead)', async () => {
    const { channel, call } = await answerCall();
    channel.press('0123456789');
    expect(await passTimeUntil(call.ask(code))).toMatchObject({ digits: '0123456789' });
    expect(channel.heard.map(({ sound }) => sound)).not.toContain('hotline/enter-code-10');
  });

  test('is not cut by a key that cannot be part of the answer', async () => {
    const { channel, call } = await answerCall();
    pressKeys(channel, '#*', 500, 100);
    pressKeys(channel, '0123456789', 8000, 100);
    expect(await passTimeUntil(call.ask(code))).toMatchObject({ digits: '0123456789' });
    expect(channel.heard.find(({ sound }) => sound === 'hotline/enter-code-10')?.complete).toBe(true);
  });

  test('starts again at *', async () => {
    const { channel, call } = await answerCall();
    pressKeys(channel, '999*0123456789', 6000, 200);
    expect(await passTimeUntil(call.ask(code))).toMatchObject({ digits: '0123456789' });
  });

  test('says what to do after *, until the first digit', async () => {
    const { channel, call } = await answerCall();
    pressKeys(channel, '999*', 6000, 200);
    pressKeys(channel, '0123456789', 8000, 200);
    expect(await passTimeUntil(call.ask({ ...code, again: ['enter-again'] }))).toMatchObject({
      digits: '0123456789',
    });
    expect(channel.heard.map(({ sound }) => sound)).toContain('hotline/enter-again');
  });

  test('ends early at #', async () => {
    const { channel, call } = await answerCall();
    pressKeys(channel, '12345#', 6000, 200);
    expect(await passTimeUntil(call.ask(code))).toMatchObject({ digits: '12345' });
  });

  test('that may have ten or twelve digits waits 2.5 s after the tenth, and ends at the twelfth', async () => {
    for (const [pressed, waitMs] of [
      ['0123456789', 2500],
      ['012345678901', 0],
    ] as const) {
      const { channel, call } = await answerCall();
      pressKeys(channel, pressed, 6000, 200);
      const asked = Date.now();
      expect(await passTimeUntil(call.ask({ ...code, lengths: [10, 12] }))).toMatchObject({
        digits: pressed,
      });
      expect(Date.now() - asked).toBe(6000 + (pressed.length - 1) * 200 + waitMs);
    }
  });

  test('ends with the keys so far 5 s after the last one', async () => {
    const { channel, call } = await answerCall();
    pressKeys(channel, '12345', 6000, 200);
    const asked = Date.now();
    expect(await passTimeUntil(call.ask(code))).toMatchObject({ digits: '12345' });
    expect(Date.now() - asked).toBe(6000 + 4 * 200 + 5000);
  });

  test('is answered by silence 7 s after its end, not after its beginning', async () => {
    const { call } = await answerCall();
    const asked = Date.now();
    expect(await passTimeUntil(call.ask(code))).toEqual({ kind: 'silence' });
    expect(Date.now() - asked).toBe(5000 + 7000);
  });

  test('leaves keys after the answer for the next question, unless they are dropped', async () => {
    const { channel, call } = await answerCall();
    channel.press('01234567890');
    await passTimeUntil(call.ask(code));
    expect(await passTimeUntil(call.ask({ prompts: ['goodbye'], lengths: [1] }))).toMatchObject({
      digits: '0',
    });
    channel.press('00');
    call.forgetKeys();
    expect(await passTimeUntil(call.ask({ prompts: ['goodbye'], lengths: [1] }))).toEqual({
      kind: 'silence',
    });
  });

  test('ends with the call when the caller hangs up while it waits', async () => {
    const { channel, call } = await answerCall();
    pressKeys(channel, '123', 6000, 100);
    setTimeout(() => channel.callerHangsUp(), 7000);
    await expect(passTimeUntil(call.ask(code))).rejects.toThrow(ChannelGone);
  });

  test('fails when the PBX cannot play it', async () => {
    const { channel, call } = await answerCall();
    channel.broken.add('hotline/enter-code-10');
    await expect(passTimeUntil(call.ask(code))).rejects.toThrow(PlaybackFailed);
  });
});

describe('a sentence', () => {
  test('is heard to its end, even if keys are pressed', async () => {
    const { channel, call } = await answerCall();
    pressKeys(channel, '1234567890*#', 100, 100);
    await passTimeUntil(call.say('goodbye').then(() => call.hangUp()));
    expect(channel.heard.find(({ sound }) => sound === 'hotline/goodbye')?.complete).toBe(true);
  });

  test.each(['hotline', 'operator'])('is heard to its end before the call goes to the %s', async (to) => {
    const { channel, call } = await answerCall();
    const over = call
      .say('goodbye')
      .then(() => (to === 'operator' ? call.transferToOperator('operator') : call.hangUp()));
    await passTimeUntil(over);
    expect(channel.heard.at(-1)).toMatchObject({ sound: 'hotline/goodbye', complete: true });
  });

  test('follows the one before it without silence, even if something is asked in between', async () => {
    const { channel, call } = await answerCall();
    const aMoment = () => new Promise((resolve) => setTimeout(resolve, 50));
    const saying = (async () => {
      await call.say('goodbye');
      await aMoment();
      await call.tell('changed');
      await call.say('goodbye');
    })();
    await passTimeUntil(saying);
    const [first, second, third] = channel.heard.slice(1);
    expect([first, second, third].map((heard) => heard?.sound)).toEqual([
      'hotline/goodbye',
      'hotline/changed',
      'hotline/goodbye',
    ]);
    expect([second!.atMs - first!.atMs, third!.atMs - second!.atMs]).toEqual([2000, 1000]);
  });

  test('is followed by silence as long as nothing is said', async () => {
    const { channel, call } = await answerCall();
    await passTimeUntil(call.say('goodbye'));
    await jest.advanceTimersByTimeAsync(1000);
    const [said, silence] = channel.heard.slice(-2);
    expect([said!.complete, silence!.sound, silence!.atMs - said!.atMs]).toEqual([
      true,
      'hotline/silence',
      2000,
    ]);
    await jest.advanceTimersByTimeAsync(300_000);
    expect(channel.heard.at(-1)).toMatchObject({ sound: 'hotline/silence', complete: false });
    await passTimeUntil(call.say('goodbye'));
    expect(channel.heard.at(-1)!.sound).toBe('hotline/goodbye');
  });

  test('ends with the call when the caller hangs up in the middle of it', async () => {
    const { channel, call } = await answerCall();
    setTimeout(() => channel.callerHangsUp(), 1000);
    await expect(passTimeUntil(call.say('goodbye'))).rejects.toThrow(ChannelGone);
  });

  test.each([500, 3000])(
    'that counts only if it was heard is told again after %i ms on hold of which no event came',
    async (heldMs) => {
      const channel = new FakeChannel({
        lengths: new Map([...reading.map((digit) => [digit, 1000] as const), ['hotline/silence', 20_000]]),
      });
      const call = new Call(channel, timings);
      await call.answer();
      await passTimeUntil(call.tell(...reading)); // by now the line's usual rate is known
      const lost = { isNoticed: false };
      setTimeout(() => channel.goOnHold(lost), 4100);
      setTimeout(() => channel.takeBack(lost), 4100 + heldMs);
      await passTimeUntil(call.tell(...reading));
      expect(channel.heard.filter(({ sound }) => sound === 'digits/0')).toHaveLength(3);
    },
  );

  test('has silence behind it, so that the line is never without sound', async () => {
    const { channel, call } = await answerCall();
    await passTimeUntil(call.say('goodbye'));
    await jest.advanceTimersByTimeAsync(300_000);
    const { sound, complete } = channel.heard.at(-1)!;
    expect({ sound, complete }).toEqual({ sound: 'hotline/silence', complete: false });
    await call.hangUp();
  });
});

test('an ended call leaves no timer behind', async () => {
  const { channel, call } = await answerCall();
  setTimeout(() => channel.callerHangsUp(), 3000);
  await expect(passTimeUntil(call.ask(code))).rejects.toThrow(ChannelGone);
  expect(jest.getTimerCount()).toBe(0);
});
