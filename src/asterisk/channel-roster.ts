import type { Channel } from '../call/channel.ts';
import { AriChannel, type ChannelContext } from './ari-channel.ts';
import { isAbsent } from './ari-errors.ts';
import { readChannel, type AriChannelSnapshot, type AriEvent } from './ari-events.ts';

/** Longest wait before Asterisk is asked again about a channel left behind, ms. */
const mostRetryMs = 5000;

/** The channels in our Stasis application: who is there, who came, who was left behind. */
export class ChannelRoster {
  /** Channels that enter, with the arguments of `Stasis()`. */
  readonly calls = new Announcements<[channel: Channel, args: string[]]>();
  /** Channels that were there before this process. */
  readonly orphans = new Announcements<[channel: Channel]>();
  readonly #context: ChannelContext;
  readonly #orphanMs: number;
  readonly #channels = new Map<string, AriChannel>();
  readonly #orphanTimers = new Set<NodeJS.Timeout>();

  /** `orphanMs`: how long a channel we do not know may be one that has just entered. */
  constructor(context: ChannelContext, orphanMs: number) {
    this.#context = context;
    this.#orphanMs = orphanMs;
  }

  /** Takes an event to the channel it is about. */
  handle(event: Exclude<AriEvent, { type: 'ApplicationReplaced' }>): void {
    if ('playback' in event) return this.#channels.get(event.playback.target_uri.replace(/^channel:/, ''))?.handlePlayback(event);
    const channel = this.#channels.get(event.channel.id);
    if (event.type === 'StasisStart') {
      if (channel === undefined) this.calls.announce(this.#add(event.channel), event.args);
    } else if (event.type === 'ChannelDtmfReceived') channel?.handleDigit(event);
    else channel?.leave('the caller hung up');
  }

  /** The channels we know of now. */
  known(): AriChannel[] {
    return [...this.#channels.values()];
  }

  /**
   * Compares channels with what Asterisk says is there, after events may have been lost.
   *
   * @param known those we knew before Asterisk was asked: of one that came since, the answer tells nothing
   */
  reconcile(known: readonly AriChannel[], present: ReadonlySet<string>): void {
    for (const channel of known) {
      if (!present.has(channel.id)) channel.leave('the channel ended while Asterisk was out of reach');
      else if (channel.hangingUp) void channel.hangUp();
    }
    const unknown = [...present].filter((id) => !this.#channels.has(id));
    // One that has just entered is in the list before its StasisStart has reached us.
    for (const id of unknown) this.#adoptIn(this.#orphanMs, id);
  }

  /** Looks for no more orphans. */
  close(): void {
    for (const timer of this.#orphanTimers) clearTimeout(timer);
  }

  #adoptIn(ms: number, id: string): void {
    const timer = setTimeout(() => {
      this.#orphanTimers.delete(timer);
      if (!this.#channels.has(id)) void this.#adoptOrphan(id, Math.min(ms * 2, mostRetryMs));
    }, ms);
    this.#orphanTimers.add(timer);
  }

  async #adoptOrphan(id: string, retryMs: number): Promise<void> {
    const { client, logger } = this.#context;
    try {
      const snapshot = readChannel(await client.channels.get({ channelId: id }));
      if (this.#channels.has(id)) return;
      const channel = this.#add(snapshot);
      await channel.stopLeftovers();
      this.orphans.announce(channel);
    } catch (error) {
      if (isAbsent(error)) return void logger.debug('A channel left by another process is gone', { channelId: id });
      logger.warn('A channel left by another process could not be looked at, trying again', { channelId: id, error });
      this.#adoptIn(retryMs, id);
    }
  }

  #add(snapshot: AriChannelSnapshot): AriChannel {
    const channel = new AriChannel(this.#context, snapshot);
    this.#channels.set(channel.id, channel);
    channel.gone.addEventListener('abort', () => this.#channels.delete(channel.id), { once: true });
    return channel;
  }
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
