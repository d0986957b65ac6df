import type { AriConnection } from '../../../src/asterisk/ari/ari-connection.ts';
import type { Channel } from '../../../src/call/channel.ts';
import { connectTo, nextCall } from '../../support/fakes/connect-scripted.ts';
import { ScriptedAri, type Answer } from '../../support/fakes/scripted-ari.ts';

let pbx: ScriptedAri;
let ari: AriConnection;
let channel: Channel;

beforeEach(async () => {
  pbx = await ScriptedAri.start();
  ari = await connectTo(pbx);
  pbx.channels.add('1.1');
  pbx.send('StasisStart', { args: [], channel: pbx.snapshot('1.1') });
  channel = await nextCall(ari);
});

afterEach(async () => {
  ari.close();
  await pbx.stop();
});

/** Asterisk carries out the hand-over, reports `events`, and its answer to the first request is lost. */
function loseAnswer(events: readonly string[], second: Answer): void {
  let isFirst = true;
  pbx.answer('POST', /continue/, () => {
    if (!isFirst) return second;
    isFirst = false;
    for (const event of events) pbx.send(event, { channel: pbx.snapshot('1.1') });
    return 'reset';
  });
}

const left = { status: 409, body: { message: 'Channel not in Stasis application' } };

test.each([
  ['and its end is reported', ['StasisEnd'], left],
  ['and nothing is reported', [], left],
  ['and Asterisk fails when it is asked again', ['StasisEnd'], { status: 500, body: {} }],
] as const)(
  'a call whose hand-over is carried out, whose answer is lost %s went to the operator',
  async (_what, events, second) => {
    loseAnswer(events, second);
    await expect(channel.exit('operator')).resolves.toBeUndefined();
  },
);

test('a caller who hangs up during a hand-over has hung up', async () => {
  loseAnswer(['ChannelHangupRequest', 'StasisEnd'], left);
  await expect(channel.exit('operator')).rejects.toThrow('the caller hung up');
});
