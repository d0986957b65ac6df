/** Pages for developers answer this machine alone. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isLoopback } from '../src/machine/loopback.ts';

/** Anybody else gets 404, as where there is no such page. */
export function answerOnlyFromHere(pages: FastifyInstance): void {
  pages.addHook('onRequest', async (request, reply) =>
    isFromHere(request) ? undefined : reply.code(404).send({ message: 'not found' }),
  );
}

/**
 * By its connection, by no proxy, and under an address of this machine: a page of another site whose name
 * leads to 127.0.0.1 (DNS rebinding) names that site.
 */
function isFromHere({ socket, headers }: Pick<FastifyRequest, 'socket' | 'headers'>): boolean {
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  return (
    isLoopback(address) &&
    isLoopback(headers.host ?? '') &&
    headers['x-forwarded-for'] === undefined &&
    headers['forwarded'] === undefined
  );
}
