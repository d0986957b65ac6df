import { createHash } from 'node:crypto';
import type { Channel } from './channel.ts';

/**
 * The call id of a channel. It is always the same, so a process that finds an interrupted channel
 * closes the very call that the earlier process opened.
 *
 * @param node NODE_NAME: two PBXs may give the same channel id, a second and a counter, if they have
 *   no systemname or the same one (asterisk.conf)
 */
export function callIdOf(channel: Pick<Channel, 'id'>, node: string): string {
  const hex = createHash('sha256').update(`${node}\n${channel.id}`).digest('hex');
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

/** The field that puts a log line about a channel beside those of its call. */
export function nameCall(channelId: string): { readonly channelId: string } {
  return { channelId };
}
