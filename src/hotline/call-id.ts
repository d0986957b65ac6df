import { createHash } from 'node:crypto';
import type { Channel } from '../call/channel.ts';

/**
 * The same channel always has the same call id, so that a process which finds a channel left
 * behind closes the very call its predecessor opened.
 */
export function callIdOf(channel: Pick<Channel, 'id'>): string {
  const hex = createHash('sha256').update(channel.id).digest('hex');
  return hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const callBackPrefix = 'call-back-';

/** The PBX's id for the leg of a call-back. */
export function callBackChannelId(callBackId: string): string {
  return callBackPrefix + callBackId;
}

/** Whether this is the leg of a call-back, which may be a voicemail: whoever finds it says nothing there. */
export function isCallBack({ id }: Pick<Channel, 'id'>): boolean {
  return id.startsWith(callBackPrefix);
}
