/** Who is signed in: cookie, session in the database, and the token that every form carries. */
import { createHmac } from 'node:crypto';
import cookie from '@fastify/cookie';
import csrf from '@fastify/csrf-protection';
import session, { type FastifySessionOptions } from '@fastify/session';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ConsoleSessions } from '../registry/console-users.ts';
import { cookieOptionsFor, formOwner, officerOf, strictCookie, type Search } from './visit.ts';

/** A session's longest life, ms. The database ends it; this only bounds the cookie. */
const maxAgeMs = 12 * 3_600_000;

export interface SessionOptions {
  readonly sessions: ConsoleSessions;
  /** HASH_KEY first: what signs the cookies is derived from it. */
  readonly hashKeys: readonly [string, ...string[]];
}

/** Begins a session: with a new id, since one that was there before may be known to another. */
export async function beginSession(request: FastifyRequest, user: string, generation: number): Promise<void> {
  await request.session.regenerate();
  request.session.user = user;
  request.session.generation = generation;
  await saveSession(request);
}

/** Keeps what has changed. */
export async function saveSession(request: FastifyRequest): Promise<void> {
  request.session.options(cookieOptionsFor(request));
  await request.session.save();
}

/** Adds them to all routes of `server`. */
export async function addSessions(
  server: FastifyInstance,
  { sessions, hashKeys: [hashKey] }: SessionOptions,
): Promise<void> {
  const secretFor = (purpose: string) => createHmac('sha256', hashKey).update(purpose).digest('hex');
  await server.register(cookie, { secret: secretFor('console cookies') });
  await server.register(session, {
    cookieName: 'session',
    secret: secretFor('console session'),
    cookie: { ...strictCookie, secure: false, maxAge: maxAgeMs },
    // Or every request of anybody would write.
    saveUninitialized: false,
    rolling: false,
    store: storeOf(sessions),
  });
  server.addHook('preHandler', async (request) => {
    // A page that is only open, and is pushed to, does not keep a session alive.
    if (request.session.isTouchDue === true && request.routeOptions.config.isPush !== true)
      await sessions.touchSession(request.session.sessionId);
  });
  await server.register(csrf, {
    cookieOpts: strictCookie,
    csrfOpts: { hmacKey: secretFor('console forms'), userInfo: true },
    getUserInfo: (request) => formOwner(officerOf(request)),
  });
}

/** The sessions of the database, as the plugin asks for them. Only one with a user is kept. */
function storeOf(sessions: ConsoleSessions): NonNullable<FastifySessionOptions['store']> {
  return {
    get: (id, done) => {
      sessions.readSession(id).then(
        (open) => done(null, open === null ? null : { cookie: restored, ...open, ...searchIn(open.data) }),
        (error: unknown) => done(error),
      );
    },
    set: (id, { user, generation, search }, done) => {
      if (user === undefined || generation === undefined) return done();
      sessions.writeSession(id, { user, generation, data: { ...(search !== undefined && { search }) } }).then(
        () => done(),
        (error: unknown) => done(error),
      );
    },
    destroy: (id, done) => {
      sessions.endSession(id).then(
        () => done(),
        (error: unknown) => done(error),
      );
    },
  };
}

/** Its age is the database's to judge. */
const restored = { originalMaxAge: maxAgeMs, ...strictCookie };

/** Written by ourselves. */
function searchIn({ search }: Readonly<Record<string, unknown>>): { search?: Search } {
  return search === undefined ? {} : { search: search as Search };
}
