/**
 * A login for the accounts of the hotline: the reference for a login side (docs/login-side.md), and the end of the
 * story that `make run` tells. Imports mysql2, argon2 and fastify, and nothing of the hotline: copy it.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply } from 'fastify';
import { Accounts } from './accounts.ts';
import { checkPassword } from './check-password.ts';
import { hashPassword, verifyPassword } from './hashes.ts';
import { choosePage, homePage, logInPage, placeOf } from './pages.ts';
import { addGuards, cookieFor, sessionIdOf } from './requests.ts';
import { Sessions } from './sessions.ts';
import { Throttle } from './throttle.ts';
import { wordsFor, type Notice } from './words.ts';

export interface LoginOptions {
  /** mysql://… of a user with the rights in rights.sql. */
  readonly databaseUrl: string;
  /** Why nobody may choose this password; null if they may. @param known what a guesser tries: the person's codes */
  readonly findPasswordFault: (password: string, known: readonly string[]) => Notice | null;
  /** Hears of faults of the database, by their names only. */
  readonly logger: { error(message: string, details: object): unknown };
}

interface Form {
  readonly [field: string]: string | undefined;
}

/** /login and what lies below it, as a plugin for an HTTP server. */
export function loginPages({ databaseUrl, findPasswordFault, logger }: LoginOptions): FastifyPluginAsync {
  return async (pages) => {
    const accounts = new Accounts(databaseUrl);
    const sessions = new Sessions();
    const throttle = new Throttle();
    pages.addHook('onClose', () => accounts.end());
    addGuards(pages, logger);
    addStylesheet(pages);

    pages.get('/login', async (request, reply) => {
      const words = wordsFor(request.query);
      const id = sessionIdOf(request);
      const login = sessions.find(id);
      if (login === null) return send(reply, 200, logInPage(words));
      const account = await accounts.read(login);
      if (account === null) sessions.end(id);
      if (account === null) return send(reply, 200, logInPage(words, 'ended'));
      return send(reply, 200, account.mustChange ? choosePage(words) : homePage(words, account.codes[0]));
    });

    pages.post<{ Body: Form }>('/login', async (request, reply) => {
      const words = wordsFor(request.query);
      const { code: typed = '', password = '' } = request.body ?? {};
      const code = typed.replace(/[^0-9]/g, '');
      if (!throttle.admits(request.ip, code)) return send(reply, 429, logInPage(words, 'wait', typed));
      const login = await checkPassword(accounts, code, password);
      if (login === null) return send(reply, 401, logInPage(words, 'refused', typed));
      throttle.takeBack(request.ip, code);
      sessions.end(sessionIdOf(request));
      reply.header('set-cookie', cookieFor(request, sessions.begin(login)));
      return reply.redirect(placeOf(words, '/login'), 303);
    });

    pages.post<{ Body: Form }>('/login/password', async (request, reply) => {
      const words = wordsFor(request.query);
      const { password = '', repeated = '' } = request.body ?? {};
      const id = sessionIdOf(request);
      const login = sessions.find(id);
      const account = login === null ? null : await accounts.read(login);
      if (login === null || account?.mustChange !== true) return send(reply, 409, logInPage(words, 'ended'));

      const isSpoken = await verifyPassword(login.passwordHash, password);
      const fault = isSpoken ? 'spoken' : findPasswordFault(password, account.codes);
      if (fault !== null) return send(reply, 422, choosePage(words, fault));
      if (password !== repeated) return send(reply, 422, choosePage(words, 'different'));

      const passwordHash = await hashPassword(password);
      const isChanged = await accounts.changePassword(login, passwordHash);
      sessions.end(id);
      if (!isChanged) return send(reply, 409, logInPage(words, 'ended'));
      reply.header('set-cookie', cookieFor(request, sessions.begin({ ...login, passwordHash })));
      return reply.redirect(placeOf(words, '/login'), 303);
    });

    pages.post('/login/end', async (request, reply) => {
      sessions.end(sessionIdOf(request));
      reply.header('set-cookie', cookieFor(request, ''));
      return reply.redirect(placeOf(wordsFor(request.query), '/login'), 303);
    });
  };
}

function addStylesheet(pages: FastifyInstance): void {
  pages.get('/login/login.css', async (_, reply) =>
    reply.type('text/css; charset=utf-8').send(await readFile(join(import.meta.dirname, 'login.css'))),
  );
}

function send(reply: FastifyReply, status: number, page: string): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').send(page);
}
