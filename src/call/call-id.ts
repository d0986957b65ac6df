import { createHash } from 'node:crypto';
import type { Channel } from './channel.ts';

/**
 * The call id of a channel. It is always the same, so a process that finds an interrupted channel
 * closes the very call that the earlier process opened.
 */
export function callIdOf(channel: Pick<Channel, 'id'>): string {
  const hex = createHash('sha256').update(channel.id).digest('hex');
  return hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const callBackPrefix = 'call-back-';

/** The channel id for the leg of a call-back. */
export function callBackChannelId(callBackId: string): string {
  return callBackPrefix + callBackId;
}

/** Whether this is the leg of a call-back, which a voicemail may have answered. */
export function isCallBack({ id }: Pick<Channel, 'id'>): boolean {
  return id.startsWith(callBackPrefix);
}

/** The fields that put a log line about a channel beside those of its call. */
export function nameCall(channelId: string): { readonly callId: string; readonly channelId: string } {
  return { callId: callIdOf({ id: channelId }), channelId };
}
