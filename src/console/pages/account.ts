/** *Account*: whether the password of a code may be reset by phone. The code is in forms only, never in an address. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { blockReasonFault } from '../../accounts/block-reason.ts';
import { subjectKey } from '../../accounts/subject-key.ts';
import { phoneResetStates, type AccountBlock } from '../../registry/account-blocks.ts';
import { readFields, type FieldFault } from '../fields.ts';
import { guardFor, requireOfficer } from '../guard.ts';
import { html, type Content } from '../html.ts';
import type { ConsoleParts } from '../parts.ts';
import { sendPage } from '../send-page.ts';
import { moment } from '../times.ts';
import { mayAct, type Visit } from '../visit.ts';

const code = z
  .string()
  .max(40)
  .transform((text) => text.replace(/[ .-]/g, ''))
  .pipe(z.string().regex(/^\d{1,12}$/));
const lookFields = z.object({ code });
const changeFields = lookFields.extend({
  state: z.enum(phoneResetStates),
  reason: z
    .string()
    .trim()
    .refine((reason) => blockReasonFault(reason) === null),
});

export function addAccountPage(pages: FastifyInstance, { blocks, acts, hashKeys }: ConsoleParts): void {
  const codeKeyOf = (bhxhCode: string) => subjectKey(hashKeys[0], 'code', bhxhCode);
  const formOf = (role: 'officer' | 'admin') => ({
    preHandler: [guardFor(role).preHandler, pages.csrfProtection.bind(pages)],
  });

  pages.get('/account', guardFor('officer'), (request, reply) => send(request, reply, () => null));

  pages.post('/account', formOf('officer'), async (request, reply) => {
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

  pages.post('/account/change', formOf('admin'), async (request, reply) => {
    const read = readFields(changeFields, request.body);
    if ('fault' in read) return sendFault(request, reply, read.fault);
    const { code: bhxhCode, state, reason } = read.values;
    const change = {
      bhxhCode,
      state,
      reason,
      user: requireOfficer(request).name,
      codeKey: codeKeyOf(bhxhCode),
    };
    if (!(await blocks.setBlock(change)))
      return sendFault(request, reply, ({ account }) => account.notFound, bhxhCode, 404);
    const block = await blocks.readBlock(bhxhCode);
    return send(
      request,
      reply,
      (visit) => html`
        <p class="notice good" role="status">${visit.words.account.saved}</p>
        ${block !== null && renderAccount(visit, bhxhCode, block)}
      `,
      bhxhCode,
    );
  });
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

function renderAccount(visit: Visit, bhxhCode: string, block: AccountBlock): Content {
  const { account } = visit.words;
  const { state, since, by, reason } = block;
  const facts: [string, string | null][] = [
    [account.since, since && moment(since)],
    [account.by, by],
    [account.reason, reason],
  ];
  return html`
    <section class="card">
      <h2>${account.state}</h2>
      <p>
        <span class=${`state ${state === 'allowed' ? 'up' : state === 'blocked' ? 'down' : 'warning'}`}
          >${account.states[state]}</span
        >
      </p>
      <dl class="facts">
        ${facts.map(
          ([name, value]) =>
            value !== null &&
            html`<dt>${name}</dt>
              <dd>${value}</dd>`,
        )}
      </dl>
      ${mayAct(visit.officer!.role, 'admin') ? renderChange(visit, bhxhCode, state) : html`<p class="notice warn">${account.adminOnly}</p>`}
    </section>
  `;
}

function renderChange(
  { words: { account }, formToken }: Visit,
  bhxhCode: string,
  current: AccountBlock['state'],
): Content {
  return html`
    <h3>${account.change}</h3>
    <form class="plain" method="post" action="/account/change" autocomplete="off">
      <input type="hidden" name="_csrf" value=${formToken} />
      <input type="hidden" name="code" value=${bhxhCode} />
      <fieldset class="field">
        <legend class="label">${account.state}</legend>
        ${phoneResetStates.map(
          (state) => html`
            <label class="choice">
              <input type="radio" name="state" value=${state} checked=${state === current} required />
              <span
                >${account.states[state]}<br /><span class="hint">${account.stateHints[state]}</span></span
              >
            </label>
          `,
        )}
      </fieldset>
      <div class="field">
        <label for="reason">${account.reason}</label>
        <input
          id="reason"
          name="reason"
          minlength="3"
          maxlength="200"
          required
          aria-describedby="reason-hint"
        />
        <p class="hint" id="reason-hint">${account.reasonHint}</p>
      </div>
      <button>${account.save}</button>
    </form>
  `;
}
