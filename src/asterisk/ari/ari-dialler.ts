/** Places the calls of call-backs through the dialplan, and keeps their legs apart from incoming calls. */
import pTimeout from 'p-timeout';
import { nameCall } from '../../call/call-id.ts';
import type { CallBackDial, NotAnswered } from '../../call/call-back-line.ts';
import type { ChannelContext } from './ari-channel.ts';
import { isAbsent } from './ari-errors.ts';
import type { AriChannelSnapshot } from './ari-events.ts';
import { allowedSilenceMs, ChannelTimer, timedBy } from './channel-timer.ts';

/** The one context of the dialplan that may call out (extensions-call-back.conf). */
const context = 'hotline-call-back';
/** Argument of `Stasis()` for our legs. A leg that we have given up is recognised by it. */
const callBackArgument = 'call-back';
/** Id of the far half of a leg: the half that is in the dialplan and dials. */
const outward = (channelId: string): string => `${channelId};2`;
/** Asterisk ends the ringing itself. If it does not, we give up this much later, ms. */
const marginMs = 2000;

/** Hang-up causes (ITU-T Q.850), as Asterisk reports them. All are below 128. */
const causes: Readonly<Record<number, NotAnswered>> = {
  17: 'busy',
  18: 'no answer',
  19: 'no answer',
  0: 'no answer',
  16: 'no answer',
  38: 'carrier not reached', // no SIP code: nobody there, or a certificate that was refused
};

/** extensions-call-back.conf gives the SIP code of a refusal as the cause. */
export function whyNotAnswered(cause: number): NotAnswered {
  return causes[cause] ?? `refused by the carrier: ${cause < 128 ? 'cause' : 'SIP'} ${cause}`;
}

/** The answered leg, or why there is none. */
type Outcome = AriChannelSnapshot | NotAnswered;

/** The legs that are being called. */
export class AriDialler {
  readonly #context: ChannelContext;
  readonly #application: string;
  readonly #waiting = new Map<string, (outcome: Outcome) => void>();

  constructor(channelContext: ChannelContext, application: string) {
    this.#context = channelContext;
    this.#application = application;
  }

  /** As `CallBackLine.dial`, but resolves with a snapshot of the answered leg. */
  async dial(number: string, { channelId, ringMs }: CallBackDial): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.#waiting.set(channelId, resolve);
    const over = new AbortController();
    const timer = new ChannelTimer(timedBy(this.#context, { id: channelId, gone: over.signal }));
    void this.#originate(number, channelId, ringMs).then(
      // Asterisk ends the ringing when we are frozen, so nobody answers a phone on which nothing is said.
      () => timer.cover([], () => 0),
      (error: unknown) => {
        this.#context.logger.warn('A call-back could not be placed', { ...nameCall(channelId), error });
        resolve('failed');
      },
    );
    const outcome = await pTimeout(promise, {
      milliseconds: ringMs + marginMs,
      fallback: (): Outcome => 'no answer',
    });
    this.#waiting.delete(channelId);
    over.abort();
    await timer.stop(); // the answered leg sets its own
    if (typeof outcome === 'string') await this.giveUp(channelId);
    return outcome;
  }

  /** Whether this channel is a leg that is being called. */
  isDialling(channelId: string): boolean {
    return this.#waiting.has(channelId);
  }

  /**
   * Handles a channel that has entered the application. Returns whether it is the answered leg of a
   * call-back.
   */
  answered(channel: AriChannelSnapshot): boolean {
    const resolve = this.#waiting.get(channel.id);
    resolve?.(channel);
    return resolve !== undefined;
  }

  /** Handles a channel that has ended. */
  ended({ id }: AriChannelSnapshot, cause: number | undefined): void {
    this.#waiting.get(id)?.(whyNotAnswered(cause ?? 0));
  }

  /**
   * Ends the ringing; a leg that is answered at this moment is hung up. Also for a leg that an
   * earlier process was calling when it died.
   */
  async giveUp(channelId: string): Promise<void> {
    // Hanging up our half does not end the ringing; hanging up the far half does.
    for (const half of [outward(channelId), channelId]) {
      try {
        await this.#context.client.channels.hangup({ channelId: half });
      } catch (error) {
        if (!isAbsent(error))
          this.#context.logger.warn('A call-back could not be given up', { ...nameCall(channelId), error });
      }
    }
  }

  async #originate(number: string, channelId: string, ringMs: number): Promise<void> {
    // Checked again: what the registry holds becomes an extension of the dialplan.
    if (!/^\+84[0-9]{9,10}$/.test(number)) throw new Error('not a Vietnamese number');
    // In the body, to keep the number out of URLs, and as a variable, to keep it out of the channel's
    // name. /n: not optimised away, so that the leg stays ours.
    const body = JSON.stringify({
      endpoint: `Local/leg@${context}/n`,
      app: this.#application,
      appArgs: callBackArgument,
      timeout: Math.ceil(ringMs / 1000),
      formats: 'alaw',
      variables: {
        HOTLINE_CALLS_TO: number.slice(1),
        // No call detail record of our half; extensions-call-back.conf sees to the other one.
        'CDR_PROP(disable)': '1',
        // From the first moment, in case we freeze before the answer to this.
        'TIMEOUT(absolute)': String(allowedSilenceMs / 1000),
      },
    });
    await this.#context.client.channels.originateWithId({ channelId, body });
  }
}
