/** Sends a page of ours. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { renderPage, type Page } from './shell.ts';
import { visitOf, type Visit } from './visit.ts';

/** @param status 200 unless given */
export function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  compose: (visit: Visit) => Page,
  status = 200,
): FastifyReply {
  const visit = visitOf(request, reply);
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(renderPage(visit, compose(visit)));
}
