/** Who may see a page, and whether a form came from one of ours. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Role } from '../registry/console-users.ts';
import { signInFor } from './next-place.ts';
import { mayAct, officerOf, type Officer } from './visit.ts';

/** A page that the officer's role does not reach. */
export class NotAllowed extends Error {
  readonly needed: Role;

  constructor(needed: Role) {
    super(`needs the role ${needed}`);
    this.needed = needed;
  }
}

/** For a route's options: without a session an officer is sent to the sign-in, and other roles see why not. */
export const guardFor = (needed: Role) => ({
  preHandler: async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const officer = officerOf(request);
    if (officer === null) return reply.redirect(signInFor(request.url, request.method !== 'GET'), 303);
    if (!mayAct(officer.role, needed)) throw new NotAllowed(needed);
    return undefined;
  },
});

/**
 * For a route that takes a form: the same, and then the form's token. In this order, since the token of a session that
 * has ended is wrong, and that is not what to say.
 */
export const formGuardFor = (pages: FastifyInstance, needed: Role) => ({
  preHandler: [guardFor(needed).preHandler, pages.csrfProtection.bind(pages)],
});

/** The officer of a guarded route. */
export function requireOfficer(request: FastifyRequest): Officer {
  const officer = officerOf(request);
  if (officer === null) throw new TypeError('a route without a guard asked for its officer');
  return officer;
}
