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

const told = { outcome: 'mismatch', verdict: 'asserted', callId: 'an-id', number: 'certain' } as const;

test('what an operator is told is set in one request before the call is handed over', async () => {
  await channel.exit('operator', told);
  expect(pbx.requests.slice(-2).map(({ path }) => decodeURIComponent(path))).toEqual([
    '/ari/asterisk/variable?variable=EXPORT(1.1,ARRAY(__HOTLINE_OUTCOME,__HOTLINE_VERDICT,__HOTLINE_CALL_ID,HOTLINE_NUMBER_IS))&value=mismatch,asserted,an-id,certain',
    '/ari/channels/1.1/continue?context=hotline-asked-operator&extension=s&priority=1',
  ]);
});

test.each<[string, Answer]>([
  ['is refused', { status: 500, body: {} }],
  ['loses its connection', 'reset'],
])('a call goes to the operator although what they are told %s', async (_what, answer) => {
  pbx.answer('POST', /variable.*OUTCOME/, answer);
  await channel.exit('operator', told);
  expect(pbx.requests.at(-1)?.path).toContain('/continue?context=hotline-asked-operator');
});
