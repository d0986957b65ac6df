/** One visit of a page: who looks at it, and in which language. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Role } from '../registry/console-users.ts';
import { readLanguage, wordsOf, type Language } from './languages.ts';
import type { AdviceWords } from './advice/words.ts';
import type { Words } from './words/vi.ts';

declare module 'fastify' {
  /** What a session holds. Never a code or a number: keyed hashes of what is searched for. */
  interface Session {
    user?: string;
    /** The user's generation at sign-in (registry/console-sign-ins.ts). */
    generation?: number;
    /** As the database has it now. */
    role?: Role;
    isTouchDue?: boolean;
    search?: Search;
  }
  interface FastifyContextConfig {
    /** The browser asks by itself, not the officer. */
    isPush?: boolean;
  }
}

/** What the officer looks for, from one search to the next. */
export interface Search {
  readonly kind: 'code' | 'phone';
  /** Keyed hashes, under each key that has been in use. */
  readonly keys: readonly string[];
}

/** The officer who is signed in. */
export interface Officer {
  readonly name: string;
  readonly role: Role;
}

/** What a page needs to know of the visit. */
export interface Visit {
  readonly language: Language;
  readonly words: Words;
  /** The words about calls, which docs/complaints.md has too. */
  readonly advice: AdviceWords;
  /** Null: nobody is signed in. */
  readonly officer: Officer | null;
  /** The page's own path and query, for the link to the other language; null: the page answers a form, and no link leads to it. */
  readonly url: string | null;
  /** Proves that a form was sent by a page of ours. */
  readonly formToken: string;
}

const ranks: Readonly<Record<Role, number>> = { viewer: 0, officer: 1, admin: 2 };

/** Whether a role may do what needs `wanted`. Each role may what the one before may. */
export function mayAct(role: Role, wanted: Role): boolean {
  return ranks[role] >= ranks[wanted];
}

export const languageCookie = 'language';

/** By which a browser is known that has signed in before (docs/adr/0052-sign-in.md). */
export const browserCookie = 'browser';

/** Empty: the browser has none, or not one that we have signed. */
export function browserOf(request: FastifyRequest): string {
  const cookie = request.cookies[browserCookie];
  return cookie === undefined ? '' : (request.unsignCookie(cookie).value ?? '');
}

/** For no script, and for no request that another site has caused. */
export const strictCookie = { path: '/', httpOnly: true, sameSite: 'strict' } as const;

/**
 * Secure where the browser came by https, which the proxy in front says. Not `secure: 'auto'`, which makes the cookie
 * `SameSite=Lax` without https.
 */
export function cookieOptionsFor({
  protocol,
}: FastifyRequest): typeof strictCookie & { readonly secure: boolean } {
  return { ...strictCookie, secure: protocol === 'https' };
}

export function visitOf(request: FastifyRequest, reply: FastifyReply): Visit {
  const officer = officerOf(request);
  const language = languageOf(request);
  return {
    language,
    ...wordsOf(language),
    officer,
    url: request.method === 'GET' ? request.url : null,
    // A page that says why there is no session has no forms.
    formToken:
      'generateCsrf' in reply
        ? reply.generateCsrf({ ...cookieOptionsFor(request), userInfo: formOwner(officer) })
        : '',
  };
}

/** Whose forms these are: a token is good for one officer, or for the sign-in. No user is named `-`. */
export function formOwner(officer: Officer | null): string {
  return officer?.name ?? '-';
}

export function officerOf({ session }: FastifyRequest): Officer | null {
  // Absent where the session could not be read.
  const { user: name, role } = (session as FastifyRequest['session'] | null) ?? {};
  return name === undefined || role === undefined ? null : { name, role };
}

/** The query's, which the link to the other language sets, or the cookie's. */
function languageOf({ query, cookies }: FastifyRequest): Language {
  const { lang } = query as { lang?: unknown };
  return (
    readLanguage(lang) ??
    readLanguage((cookies as FastifyRequest['cookies'] | undefined)?.[languageCookie]) ??
    'vi'
  );
}

/** Keeps the language that a link has chosen. */
export function rememberLanguage(request: FastifyRequest, reply: FastifyReply): void {
  const chosen = readLanguage((request.query as { lang?: unknown }).lang);
  if (chosen === undefined) return;
  void reply.setCookie(languageCookie, chosen, { ...cookieOptionsFor(request), maxAge: 31_536_000 });
}
