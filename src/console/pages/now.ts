/** *Now*: what happens at this moment, pushed to every open page. */
import type { FastifyInstance } from 'fastify';
import { formGuardFor, guardFor, requireOfficer } from '../guard.ts';
import { html, type Content } from '../html.ts';
import { LiveFeed } from '../live-feed.ts';
import { NowPush } from '../now/push.ts';
import { renderNow } from '../now/render-now.ts';
import type { ConsoleParts } from '../parts.ts';
import { sendPage } from '../send-page.ts';
import { mayAct, type Visit } from '../visit.ts';

const pushed = { ...guardFor('viewer'), sse: { kind: 'only' }, config: { isPush: true } } as const;

export function addNowPage(
  pages: FastifyInstance,
  { live, process, acts, sessions, logger }: ConsoleParts,
): void {
  const feed = new LiveFeed(live, process, logger);
  const push = new NowPush(feed, process, sessions);

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

  pages.get('/now/events', pushed, (request, reply) => push.to(request, reply));

  pages.post('/now/drain', formGuardFor(pages, 'admin'), async (request, reply) => {
    const { confirmed } = (request.body ?? {}) as { confirmed?: unknown };
    if (confirmed !== 'yes') return reply.redirect('/now?unconfirmed=1', 303);
    await acts.recordAct({
      user: requireOfficer(request).name,
      what: { kind: 'drain ordered' },
    });
    process.drain();
    return reply.redirect('/now', 303);
  });
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
