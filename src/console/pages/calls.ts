/** *Calls*: the list, narrowed by filters, and the search for one person's calls. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { normalisePhone } from '../../accounts/phone-number.ts';
import { subjectKey } from '../../accounts/subject-key.ts';
import type { ArchiveFilter } from '../../registry/call-archive.ts';
import { readCursor } from '../../registry/call-archive.ts';
import type { Act } from '../../registry/officer-acts.ts';
import { readCallFields, filterOf, namesOf } from '../calls/filters.ts';
import { renderCallList, renderSearch, type TypedSearch } from '../calls/render-calls.ts';
import { renderFilters } from '../calls/render-filters.ts';
import { readFields, type FieldFault } from '../fields.ts';
import { formGuardFor, guardFor, requireOfficer } from '../guard.ts';
import { html, type Content } from '../html.ts';
import type { ConsoleParts } from '../parts.ts';
import { sendPage } from '../send-page.ts';
import { saveSession } from '../session.ts';
import type { Search, Visit } from '../visit.ts';

const searchFields = z.object({
  kind: z.enum(['code', 'phone']),
  sought: z.string().trim().min(1).max(40),
});

export function addCallsPage(pages: FastifyInstance, { archive, acts, codes, hashKeys }: ConsoleParts): void {
  pages.get('/calls', guardFor('officer'), async (request, reply) => {
    const nodes = await archive.nodes();
    const read = readCallFields(request.query);
    if ('fault' in read) return sendFault(request, reply, nodes, read.fault);
    const { search } = request.session;
    const filter: ArchiveFilter = { ...filterOf(read.values), ...keysOf(search) };
    const before = readCursor(read.values.before ?? '');
    await acts.recordAct({
      user: requireOfficer(request).name,
      what: { kind: actOf(search), filters: namesOf(read.values) },
      ...soughtIn(search),
    });
    const page = await archive.list(filter, before ?? undefined);
    return sendPage(request, reply, (visit) => ({
      title: visit.words.calls.title,
      at: '/calls',
      body: html`
        ${renderSearch(visit, search)} ${renderFilters(visit, read.values, nodes)}
        ${renderCallList(visit, page, read.values, search)}
      `,
    }));
  });

  const form = formGuardFor(pages, 'officer');

  pages.post('/calls/search', form, async (request, reply) => {
    const read = readFields(searchFields, request.body);
    if ('fault' in read) return sendFault(request, reply, await archive.nodes(), read.fault);
    const value = soughtValue(read.values);
    if (value === null)
      return sendFault(request, reply, await archive.nodes(), ({ fields }) => fields[read.values.kind]);
    const { kind } = read.values;
    const values = kind === 'code' ? await codes.readCodes(value) : [value];
    const keys = values.flatMap((each) => hashKeys.map((key) => subjectKey(key, kind, each)));
    request.session.search = { kind, keys };
    await saveSession(request);
    return reply.redirect('/calls', 303);
  });

  pages.post('/calls/search/end', form, async (request, reply) => {
    delete request.session.search;
    await saveSession(request);
    return reply.redirect('/calls', 303);
  });
}

/** As it was keyed or asserted; null if nobody can have keyed it, or it is no Vietnamese number. */
function soughtValue({ kind, sought }: z.output<typeof searchFields>): string | null {
  if (kind === 'phone') return normalisePhone(sought);
  const code = sought.replace(/[ .-]/g, '');
  return /^\d{1,12}$/.test(code) ? code : null;
}

function keysOf(search: Search | undefined): Pick<ArchiveFilter, 'codeKeys' | 'phoneKeys'> {
  if (search === undefined) return {};
  return search.kind === 'code' ? { codeKeys: search.keys } : { phoneKeys: search.keys };
}

function actOf(search: Search | undefined): Extract<Act, { filters: unknown }>['kind'] {
  if (search === undefined) return 'listed calls';
  return search.kind === 'code' ? 'searched calls by code' : 'searched calls by phone';
}

/** Under the current key, by which the audit log is searched. */
function soughtIn(search: Search | undefined): { codeKey?: string; phoneKey?: string } {
  const [key] = search?.keys ?? [];
  if (search === undefined || key === undefined) return {};
  return search.kind === 'code' ? { codeKey: key } : { phoneKey: key };
}

/** Of a search that is refused, to be mended. */
function typedIn(body: unknown): TypedSearch | undefined {
  const { kind, sought } = (body ?? {}) as Record<string, unknown>;
  return typeof kind === 'string' && typeof sought === 'string'
    ? { kind, sought: sought.slice(0, 40) }
    : undefined;
}

function sendFault(
  request: FastifyRequest,
  reply: FastifyReply,
  nodes: readonly string[],
  fault: FieldFault,
): FastifyReply {
  const body = (visit: Visit): Content => html`
    <p class="notice bad" role="alert">${fault(visit.words)}</p>
    ${renderSearch(visit, request.session.search, typedIn(request.body))} ${renderFilters(visit, {}, nodes)}
  `;
  return sendPage(
    request,
    reply,
    (visit) => ({ title: visit.words.calls.title, at: '/calls', body: body(visit) }),
    422,
  );
}
