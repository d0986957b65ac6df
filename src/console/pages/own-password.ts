/** An officer's own new password: with the one before, since an open session alone must not be enough. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { findPasswordFault } from '../../accounts/chosen-password.ts';
import { readFields, type FieldFault } from '../fields.ts';
import { formGuardFor, guardFor, requireOfficer } from '../guard.ts';
import { html, type Content } from '../html.ts';
import type { ConsoleParts } from '../parts.ts';
import { sendPage } from '../send-page.ts';
import { browserOf, type Visit } from '../visit.ts';

const passwordFields = z.object({ current: z.string().max(256), password: z.string().max(256) });

export function addOwnPasswordPage(
  pages: FastifyInstance,
  { users, passwords, confirmPassword, process }: ConsoleParts,
): void {
  const form = formGuardFor(pages, 'viewer');

  pages.get('/password', guardFor('viewer'), (request, reply) => send(request, reply));

  pages.post('/password', form, async (request, reply) => {
    const read = readFields(passwordFields, request.body);
    if ('fault' in read) return send(request, reply, read.fault);
    const { current, password } = read.values;
    const { name } = requireOfficer(request);
    if (findPasswordFault(password, [name, process.node]) !== null)
      return send(request, reply, ({ fields }) => fields.password);
    const confirmed = await confirmPassword({
      name,
      password: current,
      address: request.ip,
      browser: browserOf(request),
    });
    if (confirmed.kind === 'wait')
      return send(request, reply, ({ users: words }) => words.wait(confirmed.seconds), 429);
    if (confirmed.kind === 'refused') return send(request, reply, ({ fields }) => fields.current);
    await users.setPassword(name, await passwords.hash(password), name, request.session.sessionId);
    return send(request, reply, undefined, 200, ({ words }) => words.users.changed);
  });
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  fault?: FieldFault,
  status = fault === undefined ? 200 : 422,
  done?: (visit: Visit) => string,
): FastifyReply {
  return sendPage(
    request,
    reply,
    (visit) => ({
      title: visit.words.users.own,
      at: '/password',
      body: html`
        ${fault !== undefined && html`<p class="notice bad" role="alert">${fault(visit.words)}</p>`}
        ${done !== undefined && html`<p class="notice good" role="status">${done(visit)}</p>`}
        ${renderForm(visit)}
      `,
    }),
    status,
  );
}

function renderForm({ words: { users }, officer, formToken }: Visit): Content {
  const field = (name: 'current' | 'password', label: string, autocomplete: string) => html`
    <div class="field">
      <label for=${name}>${label}</label>
      <input id=${name} name=${name} type="password" maxlength="256" required autocomplete=${autocomplete} />
    </div>
  `;
  return html`
    <form class="plain card" method="post" action="/password">
      <input type="hidden" name="_csrf" value=${formToken} />
      <input type="text" name="username" value=${officer!.name} autocomplete="username" hidden readonly />
      ${field('current', users.current, 'current-password')}
      ${field('password', users.newPassword, 'new-password')}
      <p class="hint">${users.ownHint}</p>
      <button>${users.setPassword}</button>
    </form>
  `;
}
