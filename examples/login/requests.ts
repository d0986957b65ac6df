/** What every request to the login goes through, and its cookie. */
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { logInPage } from './pages.ts';
import { sessionSeconds } from './sessions.ts';
import { wordsFor } from './words.ts';

const headers = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'same-origin', // with no-referrer, forms would come without their origin
  'x-content-type-options': 'nosniff',
};

/** After so many seconds the browser asks again for a page that the database could not give. */
const askAgainSeconds = 5;

/** Headers for all answers, forms from our own pages only, and a page for a database that cannot be reached. */
export function addGuards(
  pages: FastifyInstance,
  logger: { error(message: string, details: object): unknown },
): void {
  pages.removeAllContentTypeParsers();
  pages.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  pages.addHook('onRequest', async (request, reply) => {
    reply.headers(headers);
    if (request.method === 'POST' && !isFromOurPage(request))
      return reply.code(403).send({ message: 'the form came from another site' });
    return undefined;
  });
  pages.setErrorHandler(async (error: FastifyError, request, reply) => {
    // Not the database's: answered by the server around us.
    if (error.statusCode !== undefined || error.code === undefined) throw error;
    // The code alone: a message of the database may hold what was typed.
    logger.error('the login met a fault', { code: error.code });
    if (request.method === 'GET') reply.header('refresh', askAgainSeconds); // a form would be sent again
    return reply
      .code(503)
      .type('text/html; charset=utf-8')
      .send(logInPage(wordsFor(request.query), 'unavailable'));
  });
}

/** Browsers say with each form where it comes from; one from elsewhere could log its victim in as somebody else. */
function isFromOurPage({ headers: { origin = '', host } }: FastifyRequest): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}

const cookieName = 'login';

/** The id of the session, or an empty text. */
export function sessionIdOf({ headers: { cookie = '' } }: FastifyRequest): string {
  return new RegExp(`(?:^|; )${cookieName}=([\\w-]+)`).exec(cookie)?.[1] ?? '';
}

/** @param id empty: the session has ended */
export function cookieFor({ protocol }: FastifyRequest, id: string): string {
  const secure = protocol === 'https' ? '; Secure' : '';
  const maxAge = id === '' ? 0 : sessionSeconds;
  return `${cookieName}=${id}; Path=/login; HttpOnly; SameSite=Strict; Max-Age=${maxAge}${secure}`;
}
