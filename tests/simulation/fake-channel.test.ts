import type { Sound } from '../../src/call/channel.ts';
import { describeChannel } from '../support/contracts/channel.ts';
import { FakeChannel } from '../../src/simulation/fake-channel.ts';
import { until } from '../support/until.ts';

const lengths = new Map<Sound, number>([['digits/1', 50], ['digits/2', 50], ['digits/3', 50], ['hotline/menu', 1000]]); // prettier-ignore

describeChannel('the fake channel of the flow tests', {
  missingSound: 'hotline/none',
  async call(callerNumber) {
    const channel = new FakeChannel({ callerNumber, lengths });
    channel.broken.add('hotline/none');
    const caller = {
      press: async (keys: string) => channel.press(keys),
      hangUp: async () => channel.callerHangsUp(),
      hold: async () => channel.goOnHold(),
      takeBack: async () => channel.takeBack(),
      heard: (sound: Sound) =>
        until(() => channel.heard.some((heard) => heard.sound === sound && heard.complete)),
      reachedOperator: () => until(() => channel.exitedTo === 'operator'),
    };
    return { channel, caller };
  },
});
