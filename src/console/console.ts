/**
 * The officers' console: pages rendered here, in Vietnamese or English, that need no script to be used.
 * It reads and acts through ports only (docs/adr/0057-console.md).
 */
import { join } from 'node:path';
import formbody from '@fastify/formbody';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import rateLimit from '@fastify/rate-limit';
import sse from '@fastify/sse';
import serveStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { networkOf } from '../machine/network-of.ts';
import type { ConsoleParts } from './parts.ts';
import { addErrorPages, sendNotFound } from './error-pages.ts';
import { addAccountPage } from './pages/account.ts';
import { addCallPages } from './pages/call.ts';
import { addCallsPage } from './pages/calls.ts';
import { addDayPage } from './pages/day.ts';
import { addNowPage } from './pages/now.ts';
import { addPromptPages } from './pages/prompt.ts';
import { addPromptsPage } from './pages/prompts.ts';
import { addOwnPasswordPage } from './pages/own-password.ts';
import { addSignInPages } from './pages/sign-in.ts';
import { addUsersPage } from './pages/users.ts';
import { uploadLimits } from './prompts/upload.ts';
import { addSessions } from './session.ts';
import { officerOf, rememberLanguage } from './visit.ts';

/** From one network, as sign-ins count them, a minute. An open page asks for its events once. */
const requestsPerMinute = 300;

/** Adds the console to a server. */
export async function addConsole(server: FastifyInstance, parts: ConsoleParts): Promise<void> {
  await server.register(helmet, headers);
  await server.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: '1 minute',
    // Or the last pages of a whole office behind one address would come without their style.
    allowList: ({ url }) => url.startsWith('/public/'),
    // A client that has gone has no address any more, whatever the type says.
    keyGenerator: ({ ip }) => networkOf((ip as string | undefined) ?? ''),
  });
  addErrorPages(server, parts.logger);
  await server.register(serveStatic, {
    root: join(import.meta.dirname, 'public'),
    prefix: '/public/',
    index: false,
  });
  await server.register(async (pages) => {
    await pages.register(formbody, { bodyLimit: 16_384 });
    await pages.register(multipart, { limits: uploadLimits });
    await pages.register(sse.default, { heartbeatInterval: 15_000 });
    await addSessions(pages, parts);
    pages.addHook('preHandler', async (request, reply) => rememberLanguage(request, reply));
    addSignInPages(pages, parts);
    for (const add of [
      addNowPage,
      addDayPage,
      addCallsPage,
      addCallPages,
      addAccountPage,
      addOwnPasswordPage,
      addPromptsPage,
      addPromptPages,
      addUsersPage,
    ])
      add(pages, parts);
    pages.get('/', (request, reply) => reply.redirect(officerOf(request) === null ? '/sign-in' : '/now'));
    // Programs ask this server too (/health, /metrics), and read no HTML.
    pages.get('/*', (request, reply) =>
      request.headers.accept?.includes('text/html') === true
        ? sendNotFound(request, reply)
        : reply.code(404).send({ message: 'not found' }),
    );
  });
}

/** Nothing but our own files, no script or style in the page, no frame around it. */
const headers = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      scriptSrc: ["'self'"],
      imgSrc: ["'self'"],
      mediaSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
  },
  // The proxy that speaks TLS knows whether its host has other services; it adds this header.
  strictTransportSecurity: false,
  crossOriginEmbedderPolicy: false,
  referrerPolicy: { policy: 'same-origin' as const },
};
