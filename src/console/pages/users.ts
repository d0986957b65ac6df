/** *Users*: who may sign in, for admins. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { findPasswordFault } from '../../accounts/chosen-password.ts';
import { roles, userNamePattern, type Role } from '../../registry/console-users.ts';
import { readFields, type FieldFault } from '../fields.ts';
import { formGuardFor, guardFor, requireOfficer } from '../guard.ts';
import { html, type Content } from '../html.ts';
import type { ConsoleParts } from '../parts.ts';
import { sendPage } from '../send-page.ts';
import { renderAddUser, renderUserList } from '../users/render-users.ts';
import type { Visit } from '../visit.ts';

const name = z.string().regex(userNamePattern);
const newUserFields = z.object({ name, role: z.enum(roles), password: z.string() });
const changeFields = z.object({
  name,
  act: z.enum(['disable', 'enable', 'end', 'password', 'role']),
  role: z.enum(roles).optional(),
  password: z.string().optional(),
});
type Change = z.output<typeof changeFields>;

export function addUsersPage(pages: FastifyInstance, { users, passwords, process }: ConsoleParts): void {
  const form = formGuardFor(pages, 'admin');
  const send = async (
    request: FastifyRequest,
    reply: FastifyReply,
    fault?: FieldFault,
  ): Promise<FastifyReply> => {
    const all = await users.listUsers();
    const isDone = (request.query as { done?: string }).done !== undefined;
    return sendPage(
      request,
      reply,
      (visit) => ({
        title: visit.words.users.title,
        at: '/users',
        body: html`${renderNotice(visit, fault, isDone)} ${renderUserList(visit, all)} ${renderAddUser(visit)}`,
      }),
      fault === undefined ? 200 : 422,
    );
  };

  pages.get('/users', guardFor('admin'), (request, reply) => send(request, reply));

  pages.post('/users', form, async (request, reply) => {
    const read = readFields(newUserFields, request.body);
    if ('fault' in read) return send(request, reply, read.fault);
    const { name: added, role, password } = read.values;
    if (findPasswordFault(password, [added, process.node]) !== null)
      return send(request, reply, ({ fields }) => fields.password);
    const user = { name: added, role, passwordHash: await passwords.hash(password) };
    const isAdded = await users.addUser(user, requireOfficer(request).name);
    return isAdded
      ? reply.redirect('/users?done=1', 303)
      : send(request, reply, ({ users: words }) => words.taken);
  });

  pages.post('/users/change', form, async (request, reply) => {
    const read = readFields(changeFields, request.body);
    const own = requireOfficer(request).name;
    const change = 'fault' in read ? read : complete(read.values, own, process.node);
    if ('fault' in change) return send(request, reply, change.fault);
    const isKnown = await carryOut(change, own, { users, passwords });
    return isKnown ? reply.redirect('/users?done=1', 303) : send(request, reply, ({ fields }) => fields.name);
  });
}

/** A change with all that it needs. */
type CompleteChange = { readonly name: string } & (
  | { readonly act: 'disable' | 'enable' | 'end' }
  | { readonly act: 'password'; readonly password: string }
  | { readonly act: 'role'; readonly role: Role }
);

/**
 * Who could disable themselves could leave nobody who enables them again. Their own password takes the current one
 * (own-password.ts), or a browser left open would be enough to take the account over.
 *
 * @param own name of the admin
 * @param node its name is guessed first in a password
 */
function complete(
  { name: changed, act, role, password }: Change,
  own: string,
  node: string,
): CompleteChange | { readonly fault: FieldFault } {
  if (changed === own && (act === 'disable' || act === 'role'))
    return { fault: ({ users }) => users.notYourself };
  if (changed === own && act === 'password') return { fault: ({ users }) => users.ownElsewhere };
  switch (act) {
    case 'role':
      return role === undefined ? { fault: ({ fields }) => fields.role } : { name: changed, act, role };
    case 'password':
      return password === undefined || findPasswordFault(password, [changed, node]) !== null
        ? { fault: ({ fields }) => fields.password }
        : { name: changed, act, password };
    case 'disable':
    case 'enable':
    case 'end':
      return { name: changed, act };
  }
}

/** False: no user has the name. @param by the admin */
async function carryOut(
  change: CompleteChange,
  by: string,
  { users, passwords }: Pick<ConsoleParts, 'users' | 'passwords'>,
): Promise<boolean> {
  switch (change.act) {
    case 'disable':
      return users.disableUser(change.name, by);
    case 'enable':
      return users.enableUser(change.name, by);
    case 'end':
      return users.endSessionsOf(change.name, by);
    case 'password':
      return users.setPassword(change.name, await passwords.hash(change.password), by);
    case 'role':
      return users.setRole(change.name, change.role, by);
  }
}

function renderNotice({ words }: Visit, fault: FieldFault | undefined, isDone: boolean): Content {
  if (fault !== undefined) return html`<p class="notice bad" role="alert">${fault(words)}</p>`;
  return isDone && html`<p class="notice good" role="status">${words.users.done}</p>`;
}
