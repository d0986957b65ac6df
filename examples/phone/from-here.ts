/** Whether a request comes from this machine. */
import type { FastifyRequest } from 'fastify';
import { isLoopback } from '../../src/machine/loopback.ts';

/**
 * By its connection, by no proxy, and under an address of this machine: a page of another site whose name
 * leads to 127.0.0.1 (DNS rebinding) names that site.
 */
export function isFromHere({ socket, headers }: Pick<FastifyRequest, 'socket' | 'headers'>): boolean {
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  return (
    isLoopback(address) &&
    isLoopback(headers.host ?? '') &&
    headers['x-forwarded-for'] === undefined &&
    headers['forwarded'] === undefined
  );
}
