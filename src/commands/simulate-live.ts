/** A simulated call in real time, with the person at this terminal on the line. */
import { randomInt } from 'node:crypto';
import { soundsDirectory } from '../recordings/sounds-directory.ts';
import { SoundPlayer } from '../recordings/player.ts';
import type { CallEvent } from '../simulation/call-events.ts';
import type { FakeChannel } from '../simulation/fake-channel.ts';
import { KeyedCaller, readKeys } from '../simulation/keyed-caller.ts';
import { branchNamed, hasPrompt } from '../simulation/load-hotline.ts';
import { putOnLine } from '../simulation/scripted-caller.ts';
import { chanceOf } from '../simulation/simulate-seed.ts';
import { simulateCall, type CallReport } from '../simulation/simulate-call.ts';
import { codesOf, type SimulatedHotline } from '../simulation/simulated-hotline.ts';
import { endBy, Interruption, listenForInterruption } from './interruption.ts';
import { Keyboard } from './keyboard.ts';
import { print, remark, write } from './print.ts';
import type { SimulateOptions } from './simulate-options.ts';
import { describeReport, openTeller, tellUnpressed } from './tell-call.ts';

const said =
  'Keys 0 to 9, * and #; h or Ctrl-C hangs up. The accounts are simulated: a password that is heard opens nothing.';

/** Asks who calls, unless that is given, and resolves when the call has ended. @throws PlayerUnavailable */
export async function simulateLive(hotline: SimulatedHotline, options: SimulateOptions): Promise<CallReport> {
  const player = options.sound === true ? new SoundPlayer(soundsDirectory, remark) : undefined;
  const interruption = listenForInterruption();
  try {
    return await talk(hotline, options, player, interruption.promise);
  } catch (error) {
    player?.stop();
    interruption.forget();
    if (error instanceof Interruption) await endBy(error);
    throw error;
  } finally {
    interruption.forget();
  }
}

async function talk(
  hotline: SimulatedHotline,
  options: SimulateOptions,
  player: SoundPlayer | undefined,
  interruption: Promise<never>,
): Promise<CallReport> {
  const branch = options.branch === undefined ? undefined : branchNamed(hotline, options.branch);
  const caller = new KeyedCaller(readKeys(options.keys ?? '', hasPrompt(hotline)));
  const keyboard = new Keyboard();
  try {
    const given = options.withheld === true ? '' : options.from;
    const asking = given === undefined ? askWhoCalls(keyboard, hotline) : Promise.resolve(given);
    const from = await Promise.race([asking, interruption]);
    print(said, '');
    const teller = await openTeller(write);
    const playEvent = player && playing(player);
    const call = simulateCall(hotline, {
      from,
      ...(branch !== undefined && { branch }),
      person: (channel) => {
        putOnLine(channel, caller.hear);
        takeKeys(keyboard, channel);
      },
      ...chanceOf(randomInt(1e9), options.faults === true),
      onEvent: (event) => {
        teller.tell(event);
        playEvent?.(event);
      },
    });
    const report = await Promise.race([call, interruption]);
    print('', ...describeReport(report));
    tellUnpressed(caller);
    return report;
  } finally {
    keyboard.close();
  }
}

/** The number of the caller who is chosen. @throws Interruption */
async function askWhoCalls(keyboard: Keyboard, { citizens, script }: SimulatedHotline): Promise<string> {
  const codes = Map.groupBy(citizens, ({ phone }) => phone.replace('+84', '0'));
  const callers = [...codes].map(([number, owners]) => ({
    number,
    words: `${number}, code ${owners.flatMap((owner) => codesOf(owner, script)).join(' or ')}`,
  }));
  const choices = [...callers, { number: '', words: 'somebody who withholds the number' }];
  print(
    `Who calls? Press 1 to ${choices.length}; Enter is 1.`,
    ...choices.map(({ words }, index) => `  ${index + 1}  ${words}`),
  );
  for (;;) {
    const key = await keyboard.next();
    if (key === 'h') throw new Interruption('SIGINT');
    const choice = choices[key === '\r' ? 0 : Number(key) - 1];
    if (choice !== undefined) return choice.number;
  }
}

/** Lets the person press keys and hang up; who hangs up twice wants to leave. */
function takeKeys(keyboard: Keyboard, channel: FakeChannel): void {
  keyboard.listen((key) => {
    if (key !== 'h') {
      if (key !== '\r' && !channel.gone.aborted) channel.press(key);
    } else if (channel.gone.aborted) process.kill(process.pid, 'SIGINT');
    else channel.callerHangsUp();
  });
}

/** Plays what is said, and cuts off what is cut off. */
function playing(player: SoundPlayer): (event: CallEvent) => void {
  let endsAtMs = 0;
  return (event) => {
    const isCut = event.atMs < endsAtMs - lateMs;
    if (event.kind === 'ended') return isCut ? player.stop() : player.finish();
    if (event.kind !== 'heard') return;
    if (isCut) player.stop();
    const isSilence = event.sound === 'hotline/silence';
    if (!isSilence) player.play(event.sound);
    endsAtMs = event.atMs + (isSilence ? 0 : event.lengthMs);
  };
}

/** A timer may be early or late, ms. */
const lateMs = 50;
