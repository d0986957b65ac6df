import { setImmediate } from 'node:timers/promises';
import { Call } from '../../src/call/call.ts';
import { ChannelGone } from '../../src/call/channel.ts';
import { FakeChannel } from '../../src/simulation/fake-channel.ts';

test('a question to a caller who hung up while the database was asked leaves no rejection behind', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  try {
    const channel = new FakeChannel();
    const call = new Call(channel, { firstDigitTimeoutMs: 7000, interdigitTimeoutMs: 5000 });
    await call.answer();
    channel.callerHangsUp();
    await expect(call.ask({ prompts: ['enter-code-10'], lengths: [10] })).rejects.toThrow(ChannelGone);
    await setImmediate();
    await setImmediate();
    expect(unhandled).toEqual([]);
  } finally {
    process.off('unhandledRejection', note);
  }
});
