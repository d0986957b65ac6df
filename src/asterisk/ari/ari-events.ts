/**
 * Asterisk's events and answers, checked and typed. The one place that knows their spelling; fields
 * that nobody uses are dropped.
 */
import { z } from 'zod';

const channel = z.object({
  id: z.string().min(1),
  /** `PJSIP/trunk-00000001`. That of a call-back holds a phone number: never for a log. */
  name: z.string(),
  state: z.string(),
  caller: z.object({ number: z.string() }),
});
/** The answer to a question about a channel also says which application the dialplan is running. */
const askedChannel = channel.extend({
  dialplan: z.object({
    /** `Stasis` while it is ours */
    app_name: z.string(),
    /** Its arguments: `hotline,reset,pai-required` */
    app_data: z.string(),
  }),
});
const playback = z.object({
  id: z.string().min(1),
  /** `channel:<id>` */
  target_uri: z.string(),
  /** The sound that is playing or played last, `sound:<name>`, and the one after it in the list. */
  media_uri: z.string(),
  next_media_uri: z.string().optional(),
  /**
   * `queued`, `playing` or `continuing`. At the end: `done`, also for a stopped playback and after
   * a hang-up, or `failed`.
   */
  state: z.string(),
});
/** By Asterisk's clock: `2025-11-22T10:03:36.123+0000`, converted to ms since the epoch. ISO 8601 wants `+00:00`. */
const timestamp = z
  .string()
  .transform((text) => Date.parse(`${text.slice(0, -2)}:${text.slice(-2)}`))
  .pipe(z.number());
const anyEvent = { timestamp };

const ariEvent = z.discriminatedUnion('type', [
  z.object({ ...anyEvent, type: z.literal('StasisStart'), channel, args: z.array(z.string()) }),
  z.object({ ...anyEvent, type: z.literal('StasisEnd'), channel }),
  z.object({ ...anyEvent, type: z.literal('ChannelHangupRequest'), channel }),
  z.object({
    ...anyEvent,
    type: z.literal('ChannelDestroyed'),
    channel,
    /** Q.850 */ cause: z.number().optional(),
  }),
  z.object({
    ...anyEvent,
    type: z.literal('ChannelDtmfReceived'),
    channel,
    digit: z.string(),
    duration_ms: z.number(),
  }),
  z.object({ ...anyEvent, type: z.literal('ChannelHold'), channel }),
  z.object({ ...anyEvent, type: z.literal('ChannelUnhold'), channel }),
  z.object({ ...anyEvent, type: z.literal('PlaybackStarted'), playback }),
  z.object({ ...anyEvent, type: z.literal('PlaybackFinished'), playback }),
  z.object({ type: z.literal('ApplicationReplaced') }),
]);

/** An event that concerns a call. */
export type AriEvent = z.output<typeof ariEvent>;
/** A channel as ARI shows it. */
export type AriChannelSnapshot = z.output<typeof channel>;
/** The same, in the answer to a question. */
export type AskedChannel = z.output<typeof askedChannel>;
/** A playback as ARI shows it. */
export type PlaybackSnapshot = z.output<typeof playback>;
/** Progress of one playback. */
export type PlaybackEvent = Extract<AriEvent, { playback: unknown }>;
/** A key that was pressed, reported when it is released. */
export type DtmfEvent = Extract<AriEvent, { type: 'ChannelDtmfReceived' }>;

/**
 * The event types we subscribe to. Not `PlaybackContinuing`: a sound of a list has ended, and that the next one
 * begins is told at the same moment.
 */
export const eventTypes: ReadonlySet<string> = new Set(
  ariEvent.options.map((option) => option.shape.type.value),
);

/** A message from the event socket, of which only the type has been looked at; null if it has none. */
export function readMessage(text: string): { readonly type: string } | null {
  try {
    const message = JSON.parse(text) as { type?: unknown } | null;
    return typeof message?.type === 'string' ? (message as { type: string }) : null;
  } catch {
    return null;
  }
}

const aboutChannel = z.object({
  channel: z.object({ id: z.string() }).optional(),
  playback: z.object({ target_uri: z.string() }).optional(),
});

/** The channel that a message is about, whatever else is wrong with it; null if it names none. */
export function channelIdOf(message: unknown): string | null {
  const { data } = aboutChannel.safeParse(message);
  return data?.channel?.id ?? data?.playback?.target_uri.replace(/^channel:/, '') ?? null;
}

/** The event, or null if it does not have the form that Asterisk documents. */
export function readEvent(message: unknown): AriEvent | null {
  const result = ariEvent.safeParse(message);
  return result.success ? result.data : null;
}

/** A channel, from the answer to `GET /channels/{id}`. @throws ZodError */
export function readChannel(answer: unknown): AskedChannel {
  return askedChannel.parse(answer);
}

/** A playback, from the answer to `GET /playbacks/{id}`. @throws ZodError */
export function readPlayback(answer: unknown): PlaybackSnapshot {
  return playback.parse(answer);
}

// Made once: to make a schema costs more than to use it.
const variable = z.object({ value: z.string() });
const application = z.object({ channel_ids: z.array(z.string()) });
const sounds = z.array(z.object({ id: z.string() }));

/** The value of a variable, from the answer to `GET /channels/{id}/variable`. @throws ZodError */
export function readVariable(answer: unknown): string {
  return variable.parse(answer).value;
}

/** The channels in the application, from the answer to `GET /applications/{name}`. @throws ZodError */
export function readChannelIds(answer: unknown): string[] {
  return application.parse(answer).channel_ids;
}

/** The names of sounds, from the answer to `GET /sounds`. @throws ZodError */
export function readSoundNames(answer: unknown): Set<string> {
  return new Set(sounds.parse(answer).map(({ id }) => id));
}
