/** One call: what happened, what to tell the citizen, and its timeline. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ShownCall } from '../../registry/shown-call.ts';
import { sendNotFound } from '../error-pages.ts';
import { renderCall } from '../calls/render-call.ts';
import { renderTimeline } from '../calls/timeline.ts';
import { guardFor, requireOfficer } from '../guard.ts';
import { renderPart } from '../html.ts';
import type { ConsoleParts } from '../parts.ts';
import { sendPage } from '../send-page.ts';
import { visitOf } from '../visit.ts';

/** Ours are hashes, so no version of a UUID. */
const callIdPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function addCallPages(pages: FastifyInstance, { archive, acts }: ConsoleParts): void {
  /** Null: there is no such call. It is read only once the look is on record. */
  const look = async (
    request: FastifyRequest,
    kind: 'looked at call' | 'saved timeline of call',
  ): Promise<ShownCall | null> => {
    const { callId } = request.params as { callId: string };
    if (!callIdPattern.test(callId)) return null;
    await acts.recordAct({ user: requireOfficer(request).name, what: { kind, callId } });
    return archive.read(callId);
  };

  pages.get('/calls/:callId', guardFor('officer'), async (request, reply) => {
    const call = await look(request, 'looked at call');
    if (call === null) return sendNotFound(request, reply);
    return sendPage(request, reply, (visit) => ({
      title: visit.words.call.title,
      at: '/calls',
      body: renderCall(visit, call),
    }));
  });

  pages.get(
    '/calls/:callId/timeline.svg',
    guardFor('officer'),
    async (request, reply): Promise<FastifyReply> => {
      const call = await look(request, 'saved timeline of call');
      if (call?.steps === undefined || call.steps === null) return sendNotFound(request, reply);
      const visit = visitOf(request, reply);
      return reply
        .type('image/svg+xml; charset=utf-8')
        .header('cache-control', 'no-store')
        .header('content-disposition', `attachment; filename="call-${call.callId}.svg"`)
        .send(
          `<?xml version="1.0" encoding="UTF-8"?>\n${renderPart(renderTimeline(visit, visit.words.call.timeline, call.steps))}\n`,
        );
    },
  );
}
