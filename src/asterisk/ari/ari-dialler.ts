import pTimeout from 'p-timeout';
import type { CallBackDial, NotAnswered } from '../../call/call-back-line.ts';
import type { ChannelContext } from './ari-channel.ts';
import { isAbsent } from './ari-errors.ts';
import type { AriChannelSnapshot } from './ari-events.ts';

/** The dialplan's context that alone may call out: extensions-call-back.conf. */
const context = 'hotline-call-back';
/** What the dialplan would be given; a leg nobody waits for any more is known by it. */
export const callBackArgument = 'call-back';
/** Asterisk's id of the half of a leg that is in the dialplan, and calls out. */
const outward = (channelId: string): string => `${channelId};2`;
/** Asterisk counts the ringing itself; we give up this much later, ms. */
const marginMs = 2000;

/** Hang-up causes of Q.850, as Asterisk gives them. */
const causes: Readonly<Record<number, NotAnswered>> = {
  17: 'busy',
  18: 'no answer',
  19: 'no answer',
  0: 'no answer',
  16: 'no answer',
  21: 'busy',
};

/** What has become of a call that was placed. */
type Outcome = AriChannelSnapshot | NotAnswered;

/** Calls numbers, and tells their legs from the calls that come in. */
export class AriDialler {
  readonly #context: ChannelContext;
  readonly #application: string;
  readonly #waiting = new Map<string, (outcome: Outcome) => void>();

  constructor(channelContext: ChannelContext, application: string) {
    this.#context = channelContext;
    this.#application = application;
  }

  /** As `CallBackLine.dial`; the snapshot of the answered leg instead of its channel. */
  async dial(number: string, { channelId, ringMs }: CallBackDial): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.#waiting.set(channelId, resolve);
    void this.#originate(number, channelId, ringMs).catch((error: unknown) => {
      this.#context.logger.warn('A call-back could not be placed', { channelId, error });
      resolve('failed');
    });
    const outcome = await pTimeout(promise, {
      milliseconds: ringMs + marginMs,
      fallback: (): Outcome => 'no answer',
    });
    this.#waiting.delete(channelId);
    if (typeof outcome === 'string') await this.giveUp(channelId);
    return outcome;
  }

  /** Whether this leg is one that is being called now. */
  isDialling(channelId: string): boolean {
    return this.#waiting.has(channelId);
  }

  /** A channel has entered the application. True if it is the answered leg of a call-back. */
  answered(channel: AriChannelSnapshot): boolean {
    const resolve = this.#waiting.get(channel.id);
    resolve?.(channel);
    return resolve !== undefined;
  }

  /** A channel is gone. */
  ended({ id }: AriChannelSnapshot, cause: number | undefined): void {
    this.#waiting.get(id)?.(causes[cause ?? 0] ?? 'failed');
  }

  /**
   * A phone that still rings stops ringing; an answer on its way finds nobody and is hung up. Also
   * for a leg that another process was calling when it died.
   */
  async giveUp(channelId: string): Promise<void> {
    // A leg that rings does not notice that it is hung up; its other half does.
    for (const half of [outward(channelId), channelId]) {
      try {
        await this.#context.client.channels.hangup({ channelId: half });
      } catch (error) {
        if (!isAbsent(error))
          this.#context.logger.warn('A call-back could not be given up', { channelId, error });
      }
    }
  }

  async #originate(number: string, channelId: string, ringMs: number): Promise<void> {
    // The form again: whatever stands in the registry is about to become a part of the dialplan's address.
    if (!/^\+84[0-9]{9,10}$/.test(number)) throw new Error('not a Vietnamese number');
    // In the body, not in the URL. Without optimisation (/n) the leg stays in the application.
    const body = JSON.stringify({
      endpoint: `Local/${number.slice(1)}@${context}/n`,
      app: this.#application,
      appArgs: callBackArgument,
      timeout: Math.ceil(ringMs / 1000),
      formats: 'alaw',
    });
    await this.#context.client.channels.originateWithId({ channelId, body });
  }
}
