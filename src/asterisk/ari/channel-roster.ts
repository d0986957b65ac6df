/**
 * The channels in our Stasis application, kept in step with Asterisk: events change the list, and a
 * comparison finds what lost events have missed.
 */
import { nameCall } from '../../call/call-id.ts';
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
  type DtmfEvent,
} from './ari-events.ts';

/**
 * A call-back has two halves in Asterisk: ours, and `<id>;2`, which dials. Both are in the list of our
 * channels (resource_channels.c subscribes us to the peer), but the second belongs to the dialplan.
 */
const farHalf = /;2$/;
/** States of a channel that is being called; an incoming call never has them. */
const calledStates: readonly string[] = ['Down', 'Ringing'];
/** Of a call that is not known yet, as many keys are kept: "8" and a code, and some to correct it. */
const maxEarlyKeys = 32;
/** Longest delay before Asterisk is asked again about an interrupted call, ms. */
const maxRetryMs = 5000;

/** All channels in our Stasis application: incoming calls, interrupted calls, and call-backs. */
export class ChannelRoster {
  /** Channels that enter, with the arguments of `Stasis()`. */
  readonly calls = new Announcements<[channel: Channel, args: string[]]>();
  /** Channels that an earlier process left behind. */
  readonly interrupted = new Announcements<[channel: Channel]>();
  readonly #context: ChannelContext;
  readonly #application: string;
  /** Delay before the n-th look at an unknown channel, ms. */
  readonly #lookDelayMs: (attempt: number) => number;
  readonly #dialler: AriDialler;
  readonly #channels = new Map<string, AriChannel>();
  /** Unknown channels that were there before us: an earlier process left them. Null until first compared. */
  #inherited: ReadonlySet<string> | null = null;
  /** Channels that have left us and are still in Asterisk's list. */
  readonly #leaving = new Set<string>();
  #isClosed = false;
  /** Channels in Asterisk's list that we do not know, to be looked at, by id. */
  readonly #suspects = new Map<string, NodeJS.Timeout>();
  /** Keys of channels that we do not know: the event of their start was lost, or an earlier process left them. */
  readonly #earlyKeys = new Map<string, DtmfEvent[]>();

  /** `unannouncedMs`: how long an unknown channel may be a call that has just entered. */
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

  /** Passes an event to the channel that it concerns. */
  handle(event: Exclude<AriEvent, { type: 'ApplicationReplaced' }>): void {
    if ('playback' in event)
      return this.#channels.get(event.playback.target_uri.replace(/^channel:/, ''))?.handlePlayback(event);
    const channel = this.#channels.get(event.channel.id);
    if (event.type === 'StasisStart') {
      if (channel !== undefined) return;
      this.#enter(event.channel, event.args);
    } else if (event.type === 'ChannelDtmfReceived')
      if (channel === undefined) this.#keepKey(event);
      else channel.handleDigit(event);
    else if (event.type === 'ChannelHold' || event.type === 'ChannelUnhold')
      channel?.handleHold(event.type === 'ChannelHold');
    else if (event.type === 'StasisEnd') channel?.leave('the PBX took the call back');
    else {
      channel?.leave('the caller hung up');
      if (event.type === 'ChannelDestroyed') this.#dialler.ended(event.channel, event.cause);
    }
  }

  /**
   * Compares our channels with Asterisk's: an event may have been lost, with the socket or while it
   * was open.
   *
   * @throws AriRequestFailed
   */
  async reconcile(): Promise<void> {
    // Taken before Asterisk is asked: the answer says nothing about a channel that enters meanwhile.
    const known = [...this.#channels.values()];
    const present = await this.#present();
    for (const channel of known) {
      if (!present.has(channel.id)) channel.leave('the channel is no longer there');
      else if (channel.hangingUp) void channel.hangUp();
    }
    for (const gone of [this.#leaving, this.#earlyKeys])
      for (const id of gone.keys()) if (!present.has(id)) gone.delete(id);
    const unknown = [...present].filter((id) => !this.#channels.has(id) && !this.#leaving.has(id));
    this.#inherited ??= new Set(unknown);
    // A channel that has just entered may be in the list before its StasisStart reaches us.
    for (const id of unknown) if (!this.#suspects.has(id)) this.#lookLater(id);
  }

  /**
   * Sends every channel that is not being served back to the dialplan, which plays an apology.
   *
   * @throws AriRequestFailed
   */
  async sendBack(): Promise<void> {
    const ids = [...(await this.#present())].filter((id) => !this.#isKnown(id));
    await Promise.allSettled(
      ids.map(async (id) => {
        const snapshot = readChannel(await this.#context.client.channels.get({ channelId: id }));
        if (isOurs(snapshot)) await new AriChannel(this.#context, snapshot).exit('unavailable');
      }),
    );
  }

  /** Stops looking for interrupted calls. */
  close(): void {
    this.#isClosed = true;
    for (const timer of this.#suspects.values()) clearTimeout(timer);
  }

  #lookLater(id: string, attempt = 1): void {
    if (this.#isClosed) return;
    const look = () => {
      if (this.#channels.has(id)) this.#suspects.delete(id);
      else void this.#adopt(id, attempt);
    };
    this.#suspects.set(id, setTimeout(look, this.#lookDelayMs(attempt)));
  }

  async #adopt(id: string, attempt: number): Promise<void> {
    const { client, logger } = this.#context;
    try {
      const snapshot = readChannel(await client.channels.get({ channelId: id }));
      this.#suspects.delete(id);
      if (this.#channels.has(id)) return;
      if (calledStates.includes(snapshot.state))
        return this.#dialler.isDialling(id) ? undefined : await this.#dialler.giveUp(id);
      if (!isOurs(snapshot)) return;
      if (this.#inherited?.has(id)) await this.#interrupt(snapshot);
      else this.#enter(snapshot, argumentsOf(snapshot)); // its StasisStart was lost
    } catch (error) {
      this.#suspects.delete(id);
      if (isAbsent(error)) return void logger.debug('An interrupted call has ended', nameCall(id));
      logger.warn('An interrupted call could not be looked at, trying again', { ...nameCall(id), error });
      this.#lookLater(id, attempt + 1);
    }
  }

  #keepKey(event: DtmfEvent): void {
    const { id } = event.channel;
    if (this.#leaving.has(id) || farHalf.test(id)) return;
    const keys = this.#earlyKeys.get(id) ?? [];
    if (keys.length < maxEarlyKeys) this.#earlyKeys.set(id, [...keys, event]);
  }

  async #interrupt(snapshot: AriChannelSnapshot): Promise<void> {
    const channel = this.#add(snapshot);
    await channel.stopEarlierPlaybacks();
    this.interrupted.announce(channel);
  }

  #enter(snapshot: AriChannelSnapshot, args: string[]): void {
    const keys = this.#earlyKeys.get(snapshot.id) ?? [];
    const entered = this.#add(snapshot);
    for (const key of keys) entered.handleDigit(key);
    if (!this.#dialler.answered(snapshot)) this.calls.announce(entered, args);
  }

  /** Whether it is ours, or will be: a leg that is being called enters when it is answered. */
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
    this.#earlyKeys.delete(channel.id);
    this.#leaving.delete(channel.id);
    channel.gone.addEventListener('abort', () => this.#remove(channel.id), { once: true });
    return channel;
  }

  #remove(id: string): void {
    this.#channels.delete(id);
    this.#leaving.add(id);
  }
}

/**
 * Whether a listed channel is in our application, and not in the dialplan. A leg that we called stays
 * in the list after it has left us: originating and `Stasis()` each subscribe us, and leaving ends one.
 */
function isOurs({ dialplan }: AskedChannel): boolean {
  return dialplan.app_name === 'Stasis';
}

/** The arguments of `Stasis()`, without the application's name. */
function argumentsOf({ dialplan }: AskedChannel): string[] {
  return dialplan.app_data.split(',').slice(1);
}

/** Events that are kept until somebody listens. */
class Announcements<Event extends unknown[]> {
  #kept: Event[] = [];
  #listener: ((...event: Event) => void) | undefined;

  announce(...event: Event): void {
    if (this.#listener === undefined) this.#kept.push(event);
    else this.#listener(...event);
  }

  /** Sets the one listener, which gets the kept events at once. */
  listen(listener: (...event: Event) => void): void {
    this.#listener = listener;
    for (const event of this.#kept.splice(0)) listener(...event);
  }
}
