/** What an officer sees instead of a page: one sentence, and a way on. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../logger.ts';
import { RegistryUnavailable } from '../registry/registry-unavailable.ts';
import { NotAllowed } from './guard.ts';
import { html } from './html.ts';
import { sendPage } from './send-page.ts';
import type { Words } from './words/vi.ts';

/** After so many seconds the browser asks again, while the database is unreachable. */
const askAgainSeconds = 5;

interface Refused {
  readonly status: number;
  readonly say: (words: Words) => string;
  readonly reloadSeconds?: number;
}

export function addErrorPages(server: FastifyInstance, logger: Logger): void {
  server.setErrorHandler((error: Error & { statusCode?: number; code?: string }, request, reply) => {
    const refused = refusalOf(error, request.method !== 'GET');
    if (refused.status === 500)
      logger.error('a page of the console met a fault', { error, url: request.routeOptions.url });
    return sendRefusal(request, reply, refused);
  });
}

/** For a path that is no page. */
export function sendNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendRefusal(request, reply, { status: 404, say: ({ errors }) => errors.notFound });
}

function sendRefusal(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, say, reloadSeconds }: Refused,
): FastifyReply {
  const canReload = reloadSeconds !== undefined && request.method === 'GET';
  return sendPage(
    request,
    reply,
    (visit) => ({
      title: visit.words.errors.title,
      ...(canReload && { reloadSeconds }),
      body: html`
        <p class="notice bad" role="alert">${say(visit.words)}</p>
        <p><a class="button quiet" href="/">${visit.words.errors.back}</a></p>
      `,
    }),
    status,
  );
}

function refusalOf(error: Error & { statusCode?: number; code?: string }, isForm: boolean): Refused {
  if (error instanceof RegistryUnavailable)
    return isForm
      ? { status: 503, say: ({ errors }) => errors.awayInForm }
      : { status: 503, say: ({ errors }) => errors.away, reloadSeconds: askAgainSeconds };
  if (error instanceof NotAllowed)
    return { status: 403, say: ({ errors, roles }) => errors.forbidden(roles[error.needed]) };
  if (error.code?.startsWith('FST_CSRF_') === true) return { status: 403, say: ({ errors }) => errors.stale };
  switch (error.statusCode) {
    case 429:
      return { status: 429, say: ({ errors }) => errors.tooMany };
    case 413:
      return { status: 413, say: ({ errors }) => errors.tooLarge };
    case undefined:
      return { status: 500, say: ({ errors }) => errors.fault };
    default:
      return error.statusCode < 500
        ? { status: error.statusCode, say: ({ errors }) => errors.unreadable }
        : { status: 500, say: ({ errors }) => errors.fault };
  }
}
