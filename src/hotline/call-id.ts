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
