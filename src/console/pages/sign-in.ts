/** Signing in and out. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { html, type Content } from '../html.ts';
import { readPlace } from '../next-place.ts';
import type { ConsoleParts } from '../parts.ts';
import { sendPage } from '../send-page.ts';
import { beginSession } from '../session.ts';
import { browserCookie, browserOf, cookieOptionsFor, officerOf, type Officer, type Visit } from '../visit.ts';

const browserSeconds = 180 * 86_400;

/** What a person can have typed; anything longer is no name and no password. */
const form = z.object({ name: z.string().trim().min(1).max(64), password: z.string().min(1).max(256) });

export function addSignInPages(pages: FastifyInstance, { signIn }: ConsoleParts): void {
  const isOurs = pages.csrfProtection.bind(pages);
  pages.get('/sign-in', showForm);
  pages.post(
    '/sign-in',
    { preHandler: [skipIf((officer) => officer !== null, '/now'), isOurs] },
    async (request, reply) => {
      const next = readPlace((request.body as { next?: unknown } | undefined)?.next);
      const asked = form.safeParse(request.body);
      if (!asked.success)
        return sendForm(request, reply, ({ words }) => refusal(words.signIn.incomplete), {
          next,
          status: 422,
        });
      const { name, password } = asked.data;
      const answer = await signIn({ name, password, address: request.ip, browser: browserOf(request) });
      switch (answer.kind) {
        case 'wait': {
          const { seconds } = answer;
          void reply.header('retry-after', String(seconds));
          return sendForm(request, reply, ({ words }) => refusal(words.signIn.wait(seconds)), {
            ...{ name, next, status: 429 },
          });
        }
        case 'refused':
          return sendForm(request, reply, ({ words }) => refusal(words.signIn.refused), {
            name,
            next,
            status: 403,
          });
        case 'signed-in':
          await beginSession(request, answer.user.name, answer.user.generation);
          void reply.setCookie(browserCookie, answer.browser, {
            ...cookieOptionsFor(request),
            signed: true,
            maxAge: browserSeconds,
          });
          return reply.redirect(next ?? '/now', 303);
      }
    },
  );

  pages.post(
    '/sign-out',
    { preHandler: [skipIf((officer) => officer === null, '/sign-in?ended=1'), isOurs] },
    async (request, reply) => {
      await request.session.destroy();
      return reply.clearCookie('session', { path: '/' }).redirect('/sign-in?ended=1', 303);
    },
  );
}

function showForm(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (officerOf(request) !== null) return reply.redirect('/now');
  const { needed, ended, late, next } = request.query as Record<string, string | undefined>;
  const notice = ({ words }: Visit): Content => {
    if (ended !== undefined) return html`<p class="notice good" role="status">${words.signIn.ended}</p>`;
    if (late !== undefined) return html`<p class="notice bad" role="alert">${words.signIn.late}</p>`;
    return needed !== undefined && html`<p class="notice" role="status">${words.signIn.needed}</p>`;
  };
  return sendForm(request, reply, notice, { next: readPlace(next) });
}

/** A form that another tab has done already: its token is no longer good, and nobody need know. @param at where to go */
function skipIf(isDone: (officer: Officer | null) => boolean, at: string) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
    isDone(officerOf(request)) ? reply.redirect(at, 303) : undefined;
}

function refusal(sentence: string): Content {
  return html`<p class="notice bad" role="alert">${sentence}</p>`;
}

function sendForm(
  request: FastifyRequest,
  reply: FastifyReply,
  notice: (visit: Visit) => Content,
  { name = '', next, status = 200 }: { name?: string; next?: string | undefined; status?: number } = {},
): FastifyReply {
  return sendPage(
    request,
    reply,
    (visit) => ({
      title: visit.words.signIn.title,
      at: '/sign-in',
      body: html`
        ${notice(visit)}
        <form class="plain card" method="post" action="/sign-in">
          <input type="hidden" name="_csrf" value=${visit.formToken} />
          ${next !== undefined && html`<input type="hidden" name="next" value=${next} />`}
          <div class="field">
            <label for="name">${visit.words.signIn.name}</label>
            <input
              id="name"
              name="name"
              value=${name}
              autocomplete="username"
              autocapitalize="none"
              spellcheck=${false}
              required
              maxlength="64"
              autofocus
            />
          </div>
          <div class="field">
            <label for="password">${visit.words.signIn.password}</label>
            <input
              id="password"
              name="password"
              type="password"
              autocomplete="current-password"
              required
              maxlength="256"
            />
          </div>
          <button>${visit.words.signIn.submit}</button>
        </form>
      `,
    }),
    status,
  );
}
