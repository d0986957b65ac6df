/** *Account*: whether the password of a code may be reset by phone. The code is in forms only, never in an address. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readSeen, renderAccount, type Draft } from '../account/render-account.ts';
import { blockReasonFault } from '../../accounts/block-reason.ts';
import { subjectKey } from '../../accounts/subject-key.ts';
import { phoneResetStates, type AccountBlock } from '../../registry/account-blocks.ts';
import { readFields, type FieldFault } from '../fields.ts';
import { formGuardFor, guardFor, requireOfficer } from '../guard.ts';
import { html, type Content } from '../html.ts';
import type { ConsoleParts } from '../parts.ts';
import { sendPage } from '../send-page.ts';
import type { Visit } from '../visit.ts';

const code = z
  .string()
  .max(40)
  .transform((text) => text.replace(/[ .-]/g, ''))
  .pipe(z.string().regex(/^\d{1,12}$/));
/** Of the page that the form stood on. */
const seenField = z.string().transform((text, context) => {
  const seen = readSeen(text);
  if (seen !== undefined) return seen;
  context.addIssue('spelt by no page of ours');
  return z.NEVER;
});
const lookFields = z.object({ code });
const changeFields = lookFields.extend({
  state: z.enum(phoneResetStates),
  reason: z
    .string()
    .trim()
    .normalize('NFC')
    .refine((reason) => blockReasonFault(reason) === null),
  seen: seenField,
});

export function addAccountPage(pages: FastifyInstance, { blocks, acts, hashKeys }: ConsoleParts): void {
  const codeKeyOf = (bhxhCode: string) => subjectKey(hashKeys[0], 'code', bhxhCode);

  pages.get('/account', guardFor('officer'), (request, reply) => send(request, reply, () => null));

  pages.post('/account', formGuardFor(pages, 'officer'), async (request, reply) => {
    const read = readFields(lookFields, request.body);
    if ('fault' in read) return sendFault(request, reply, read.fault);
    const bhxhCode = read.values.code;
    await acts.recordAct({
      user: requireOfficer(request).name,
      what: { kind: 'looked at account' },
      codeKey: codeKeyOf(bhxhCode),
    });
    const block = await blocks.readBlock(bhxhCode);
    if (block === null) return sendFault(request, reply, ({ account }) => account.notFound, bhxhCode, 404);
    return send(request, reply, (visit) => renderAccount(visit, bhxhCode, block), bhxhCode);
  });

  pages.post('/account/change', formGuardFor(pages, 'admin'), async (request, reply) => {
    const user = requireOfficer(request).name;
    const read = readFields(changeFields, request.body);
    if ('fault' in read) {
      const asked = readFields(lookFields, request.body);
      if ('fault' in asked) return sendFault(request, reply, read.fault);
      const { code: bhxhCode } = asked.values;
      await acts.recordAct({ user, what: { kind: 'looked at account' }, codeKey: codeKeyOf(bhxhCode) });
      return sendAgain(request, reply, read.fault, bhxhCode, await blocks.readBlock(bhxhCode));
    }
    const { code: bhxhCode, state, reason, seen } = read.values;
    const change = { bhxhCode, state, reason, user, codeKey: codeKeyOf(bhxhCode), seen };
    const answer = await blocks.setBlock(change);
    if (answer.kind === 'no-account')
      return sendFault(request, reply, ({ account }) => account.notFound, bhxhCode, 404);
    if (answer.kind === 'changed')
      return sendSaved(request, reply, bhxhCode, await blocks.readBlock(bhxhCode));
    const { now } = answer;
    if (now.state !== state || now.reason !== reason || now.by !== user)
      return sendAgain(request, reply, ({ account }) => account.changedMeanwhile, bhxhCode, now);
    return sendSaved(request, reply, bhxhCode, now); // the same form, sent twice
  });
}

function sendSaved(
  request: FastifyRequest,
  reply: FastifyReply,
  bhxhCode: string,
  block: AccountBlock | null,
): FastifyReply {
  const saved = (visit: Visit) => html`
    <p class="notice good" role="status">${visit.words.account.saved}</p>
    ${block !== null && renderAccount(visit, bhxhCode, block)}
  `;
  return send(request, reply, saved, bhxhCode);
}

/** With what was typed. @param block null: no account has the code */
function sendAgain(
  request: FastifyRequest,
  reply: FastifyReply,
  fault: FieldFault,
  bhxhCode: string,
  block: AccountBlock | null,
): FastifyReply {
  if (block === null) return sendFault(request, reply, ({ account }) => account.notFound, bhxhCode, 404);
  const draft = draftIn(request.body);
  const again = (visit: Visit) => html`
    <p class="notice bad" role="alert">${fault(visit.words)}</p>
    ${renderAccount(visit, bhxhCode, block, draft)}
  `;
  return send(request, reply, again, bhxhCode, 422);
}

function draftIn(body: unknown): Draft {
  const { state, reason } = (body ?? {}) as Record<string, unknown>;
  const textOf = (value: unknown) => (typeof value === 'string' ? value.slice(0, 400) : '');
  return { state: textOf(state), reason: textOf(reason) };
}

function sendFault(
  request: FastifyRequest,
  reply: FastifyReply,
  fault: FieldFault,
  bhxhCode = '',
  status = 422,
): FastifyReply {
  const notice = ({ words }: Visit) => html`<p class="notice bad" role="alert">${fault(words)}</p>`;
  return send(request, reply, notice, bhxhCode, status);
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  result: (visit: Visit) => Content,
  bhxhCode = '',
  status = 200,
): FastifyReply {
  return sendPage(
    request,
    reply,
    (visit) => ({
      title: visit.words.account.title,
      at: '/account',
      body: html`
        <p>${visit.words.account.what}</p>
        <form class="card" method="post" action="/account" autocomplete="off">
          <input type="hidden" name="_csrf" value=${visit.formToken} />
          <div class="fields">
            <div class="field">
              <label for="code">${visit.words.account.code}</label>
              <input
                id="code"
                name="code"
                value=${bhxhCode}
                inputmode="numeric"
                maxlength="20"
                required
                aria-describedby="code-hint"
              />
            </div>
            <button>${visit.words.account.look}</button>
          </div>
          <p class="hint" id="code-hint">${visit.words.account.logged}</p>
        </form>
        ${result(visit)}
      `,
    }),
    status,
  );
}
