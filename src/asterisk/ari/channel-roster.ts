import type { CallBackDial, NotAnswered } from '../../call/call-back-line.ts';
import type { Channel } from '../../call/channel.ts';
import { backOff } from '../../timing/back-off.ts';
import { AriChannel, type ChannelContext } from './ari-channel.ts';
import { AriDialler } from './ari-dialler.ts';
import { isAbsent } from './ari-errors.ts';
import {
  readChannel,
  readChannelIds,
  type AriChannelSnapshot,
  type AriEvent,
  type AskedChannel,
} from './ari-events.ts';

/**
 * Asterisk makes a call-back of two halves, ours and `<id>;2`, which dials. The list of our channels
 * names both (resource_channels.c subscribes us to the peer), but the second is the dialplan's.
 */
const farHalf = /;2$/;
/** What a channel is while it is being called; a call that came in never is. */
const calledStates: readonly string[] = ['Down', 'Ringing'];
/** Longest wait before Asterisk is asked again about a channel left behind, ms. */
const maxRetryMs = 5000;

/** The channels in our Stasis application: who is there, who came, who was left behind, who was called. */
export class ChannelRoster {
  /** Channels that enter, with the arguments of `Stasis()`. */
  readonly calls = new Announcements<[channel: Channel, args: string[]]>();
  /** Channels that were there before this process. */
  readonly interrupted = new Announcements<[channel: Channel]>();
  readonly #context: ChannelContext;
  readonly #application: string;
  /** Delay before the n-th look at a channel we do not know. */
  readonly #lookDelayMs: (attempt: number) => number;
  readonly #dialler: AriDialler;
  readonly #channels = new Map<string, AriChannel>();
  /** Channels we do not know, to be looked at; by id. */
  readonly #suspects = new Map<string, NodeJS.Timeout>();

  /** `unannouncedMs`: how long a channel we do not know may be one that has just entered. */
  constructor(
    context: ChannelContext,
    { application, unannouncedMs }: { application: string; unannouncedMs: number },
  ) {
    this.#context = context;
    this.#application = application;
    this.#lookDelayMs = backOff({ firstMs: unannouncedMs, maxMs: Math.max(unannouncedMs, maxRetryMs) });
    this.#dialler = new AriDialler(context, application);
  }

  /** {@link CallBackLine} */
  async dial(number: string, dial: CallBackDial): Promise<Channel | NotAnswered> {
    const outcome = await this.#dialler.dial(number, dial);
    return typeof outcome === 'string' ? outcome : (this.#channels.get(outcome.id) ?? 'no answer');
  }

  /** Takes an event to the channel it is about. */
  handle(event: Exclude<AriEvent, { type: 'ApplicationReplaced' }>): void {
    if ('playback' in event)
      return this.#channels.get(event.playback.target_uri.replace(/^channel:/, ''))?.handlePlayback(event);
    const channel = this.#channels.get(event.channel.id);
    if (event.type === 'StasisStart') {
      if (channel !== undefined) return;
      const entered = this.#add(event.channel);
      if (!this.#dialler.answered(event.channel)) this.calls.announce(entered, event.args);
    } else if (event.type === 'ChannelDtmfReceived') channel?.handleDigit(event);
    else {
      channel?.leave('the caller hung up');
      if (event.type === 'ChannelDestroyed') this.#dialler.ended(event.channel, event.cause);
    }
  }

  /**
   * Asks Asterisk who is there, and compares: an event may have been lost, with the socket or
   * without.
   *
   * @throws AriRequestFailed
   */
  async reconcile(): Promise<void> {
    // Before the question: of a channel that comes meanwhile, the answer tells nothing.
    const known = [...this.#channels.values()];
    const present = await this.#present();
    for (const channel of known) {
      if (!present.has(channel.id)) channel.leave('the channel is no longer there');
      else if (channel.hangingUp) void channel.hangUp();
    }
    // One that has just entered is in the list before its StasisStart has reached us.
    for (const id of present) if (!this.#suspects.has(id) && !this.#isKnown(id)) this.#lookLater(id);
  }

  /** Sends everybody who is there, and whom nobody serves, back to the dialplan's apology. @throws AriRequestFailed */
  async sendBack(): Promise<void> {
    const ids = [...(await this.#present())].filter((id) => !this.#isKnown(id));
    await Promise.allSettled(
      ids.map(async (id) => {
        const snapshot = readChannel(await this.#context.client.channels.get({ channelId: id }));
        if (isOurs(snapshot)) await new AriChannel(this.#context, snapshot).exit('unavailable');
      }),
    );
  }

  /** Looks for no more interrupted calls. */
  close(): void {
    for (const timer of this.#suspects.values()) clearTimeout(timer);
  }

  #lookLater(id: string, attempt = 1): void {
    const look = () => {
      if (this.#isKnown(id)) this.#suspects.delete(id);
      else void this.#adopt(id, attempt);
    };
    this.#suspects.set(id, setTimeout(look, this.#lookDelayMs(attempt)));
  }

  async #adopt(id: string, attempt: number): Promise<void> {
    const { client, logger } = this.#context;
    try {
      const snapshot = readChannel(await client.channels.get({ channelId: id }));
      this.#suspects.delete(id);
      if (this.#isKnown(id)) return;
      if (calledStates.includes(snapshot.state)) return await this.#dialler.giveUp(id);
      if (!isOurs(snapshot)) return;
      const channel = this.#add(snapshot);
      await channel.stopLeftovers();
      this.interrupted.announce(channel);
    } catch (error) {
      this.#suspects.delete(id);
      if (isAbsent(error))
        return void logger.debug('A channel left by another process is gone', { channelId: id });
      logger.warn('A channel left by another process could not be looked at, trying again', {
        channelId: id,
        error,
      });
      this.#lookLater(id, attempt + 1);
    }
  }

  /** Ours, or about to be: a leg that is being called enters when it is answered. */
  #isKnown(id: string): boolean {
    return this.#channels.has(id) || this.#dialler.isDialling(id);
  }

  async #present(): Promise<Set<string>> {
    const ids = readChannelIds(
      await this.#context.client.applications.get({ applicationName: this.#application }),
    );
    return new Set(ids.filter((id) => !farHalf.test(id)));
  }

  #add(snapshot: AriChannelSnapshot): AriChannel {
    const channel = new AriChannel(this.#context, snapshot);
    this.#channels.set(channel.id, channel);
    channel.gone.addEventListener('abort', () => this.#channels.delete(channel.id), { once: true });
    return channel;
  }
}

/**
 * Not a channel that is in the dialplan, or back in it: a leg that we called stays in the list of our
 * channels after it has left us (originating it and Stasis() each subscribe, leaving takes one back).
 */
function isOurs({ dialplan }: AskedChannel): boolean {
  return dialplan.app_name === 'Stasis';
}

/** Things that happen, kept until somebody listens. */
class Announcements<Event extends unknown[]> {
  #kept: Event[] = [];
  #listener: ((...event: Event) => void) | undefined;

  announce(...event: Event): void {
    if (this.#listener === undefined) this.#kept.push(event);
    else this.#listener(...event);
  }

  /** The one listener from now on; those that were kept come to it at once. */
  listen(listener: (...event: Event) => void): void {
    this.#listener = listener;
    for (const event of this.#kept.splice(0)) listener(...event);
  }
}
