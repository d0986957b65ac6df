/**
 * How Asterisk is asked whether a phone takes sound, and how much it was sent. `CHANNEL(rtp,hold)` is
 * `remotely_held` of the audio stream (res_pjsip_sdp_rtp.c), whatever became of the event; packets are
 * counted where they are sent (res_rtp_asterisk.c, `rtp_sendto`). One request reads both: `EVAL` fills in
 * its argument.
 */
import type { Channel, LineState } from '../../call/channel.ts';
import { isCallBack } from '../../call/call-id.ts';
import { whenAborted } from '../../timing/when-aborted.ts';

/** How often the SIP leg of a call-back is asked whether it is on hold, ms. */
const farLegMs = 1000;

const state = 'CHANNEL(rtp,hold)';
const sent = 'CHANNEL(rtcp,txcount)';

/**
 * The dialplan function that answers, for a channel of this id and name; null for channels that are not
 * SIP. Of those only the events are known, and what was played to them counts as sent.
 */
export function lineQuestion(id: string, name: string): string | null {
  if (name.startsWith('PJSIP/')) return `EVAL(\${${state}} \${${sent}})`;
  if (!isCallBack({ id })) return null;
  // Our half of a call-back is bridged, by its far half, to the SIP leg that Dial names there.
  const leg = `\${IMPORT(${id};2,DIALEDPEERNAME)}`;
  return `EVAL(\${IMPORT(${leg},${state})} \${IMPORT(${leg},${sent})})`;
}

/** A phone without audio gives no answer to either: it takes no sound. */
export function readAnswer(answer: string): Pick<LineState, 'isHeld' | 'sent'> {
  const [, hold, packets] = /^([01]) (\d+)$/.exec(answer) ?? [];
  return { isHeld: hold !== '0', sent: packets === undefined ? null : Number(packets) };
}

/** Whether a channel is on hold as the events say, and who is told. */
export class HoldState {
  isHeld = false;
  readonly #channel: Pick<Channel, 'id' | 'gone' | 'readLine'>;
  #listener: (isHeld: boolean) => void = () => undefined;

  constructor(channel: Pick<Channel, 'id' | 'gone' | 'readLine'>) {
    this.#channel = channel;
  }

  /** Sets the one listener. */
  listen(listener: (isHeld: boolean) => void): void {
    this.#listener = listener;
    if (this.isHeld) listener(true);
    if (isCallBack(this.#channel)) this.#watchFarLeg();
  }

  /** Takes what an event says. */
  note(isHeld: boolean): void {
    this.isHeld = isHeld;
    this.#listener(isHeld);
  }

  /** A hold of the SIP leg behind a call-back is an event of that leg, which is not in our application. */
  #watchFarLeg(): void {
    const look = async (): Promise<void> => {
      const { isHeld } = await this.#channel.readLine();
      if (isHeld !== this.isHeld) this.note(isHeld);
    };
    const timer = setInterval(() => void look().catch(() => undefined), farLegMs);
    whenAborted(this.#channel.gone, () => clearInterval(timer));
  }
}
