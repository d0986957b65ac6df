/** *Now*: what happens at this moment, pushed to every open page. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { guardFor, requireOfficer } from '../guard.ts';
import { html, renderPart, type Content } from '../html.ts';
import type { Language } from '../languages.ts';
import { LiveFeed, type Snapshot } from '../live-feed.ts';
import { renderNow } from '../now/render-now.ts';
import type { ConsoleParts, ConsoleProcess } from '../parts.ts';
import { sendPage } from '../send-page.ts';
import { mayAct, visitOf, type Visit } from '../visit.ts';

/** Pages that are pushed to at once, so that a server for small requests has connections left. */
const maxOpenPages = 50;
/** Of these, of one user. */
const maxOwnPages = 10;
/** How soon an open page notices that its session has ended, ms. */
const lookAgainMs = 15_000;

const pushed = { ...guardFor('viewer'), sse: { kind: 'only' }, config: { isPush: true } } as const;

export function addNowPage(
  pages: FastifyInstance,
  { live, process, acts, sessions, logger }: ConsoleParts,
): void {
  const feed = new LiveFeed(live, process, logger);
  const parts = new RenderedParts(process);
  const pagesOf = new Map<string, number>();

  pages.get('/now', guardFor('viewer'), async (request, reply) => {
    const snapshot = await feed.take();
    const { unconfirmed } = request.query as { unconfirmed?: string };
    return sendPage(request, reply, (visit) => ({
      title: visit.words.now.title,
      at: '/now',
      script: 'now.js',
      body: html`
        ${unconfirmed !== undefined && html`<p class="notice bad" role="alert">${visit.words.now.drainUnconfirmed}</p>`}
        <p class="notice bad" id="lost" role="alert" hidden>${visit.words.now.lost}</p>
        <div id="now">${renderNow(visit, process, snapshot)}</div>
        ${mayAct(visit.officer!.role, 'admin') && renderDrain(visit)}
      `,
    }));
  });

  pages.get('/now/events', pushed, async (request, reply) => {
    const { name } = requireOfficer(request);
    const own = pagesOf.get(name) ?? 0;
    if (feed.listeners >= maxOpenPages || own >= maxOwnPages) return reply.code(503).send();
    pagesOf.set(name, own + 1);
    const visit = visitOf(request, reply);
    reply.sse.keepAlive();
    reply.sse.sendHeaders();
    const stop = feed.listen((snapshot) => {
      const data = parts.render(visit, snapshot);
      void reply.sse.send({ event: 'now', data }).catch(() => undefined); // a reader that is gone
    });
    const ended = setInterval(() => void closeIfEnded(sessions, request, reply), lookAgainMs);
    reply.sse.onClose(() => {
      pagesOf.set(name, (pagesOf.get(name) ?? 1) - 1);
      stop();
      clearInterval(ended);
    });
    return undefined;
  });

  pages.post(
    '/now/drain',
    { preHandler: [guardFor('admin').preHandler, pages.csrfProtection.bind(pages)] },
    async (request, reply) => {
      const { confirmed } = (request.body ?? {}) as { confirmed?: unknown };
      if (confirmed !== 'yes') return reply.redirect('/now?unconfirmed=1', 303);
      await acts.recordAct({
        user: requireOfficer(request).name,
        what: { kind: 'drain ordered' },
      });
      process.drain();
      return reply.redirect('/now', 303);
    },
  );
}

/** The browser then asks again, and is sent to the sign-in. */
async function closeIfEnded(
  sessions: ConsoleParts['sessions'],
  { session }: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  // While the database is unreachable, nobody knows.
  const open = await sessions.readSession(session.sessionId).catch(() => undefined);
  if (open === null) reply.sse.close();
}

/** What is pushed, rendered once for all readers of a language. */
class RenderedParts {
  readonly #process: ConsoleProcess;
  readonly #rendered = new WeakMap<Snapshot, Map<Language, string>>();

  constructor(process: ConsoleProcess) {
    this.#process = process;
  }

  render(visit: Visit, snapshot: Snapshot): string {
    const byLanguage = this.#rendered.get(snapshot) ?? new Map<Language, string>();
    this.#rendered.set(snapshot, byLanguage);
    const part = byLanguage.get(visit.language) ?? renderPart(renderNow(visit, this.#process, snapshot));
    byLanguage.set(visit.language, part);
    return part;
  }
}

function renderDrain({ words: { now }, formToken }: Visit): Content {
  return html`
    <form class="card" method="post" action="/now/drain">
      <input type="hidden" name="_csrf" value=${formToken} />
      <h2>${now.drain}</h2>
      <p>${now.drainWhat}</p>
      <label class="choice"
        ><input type="checkbox" name="confirmed" value="yes" required />${now.drainConfirm}</label
      >
      <button class="danger">${now.drain}</button>
    </form>
  `;
}
