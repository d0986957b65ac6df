/**
 * The phone in the browser, for developers: /phone on the port of the console, with `make run` only
 * (docs/adr/0062-phone-in-the-browser.md). Loaded by src/serve-developer-pages.ts.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import helmet from '@fastify/helmet';
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify';
import { answerOnlyFromHere } from '../from-here.ts';
import { loadSounds, readPromptTexts } from './recordings.ts';
import { scriptOf } from './bundle.ts';
import { callers } from './callers.ts';
import { renderPhonePage } from './page.ts';
import { readLanguage, type Language } from './words.ts';
import type { PhoneSettings } from './settings.ts';

export interface PhoneOptions {
  /** Of the phones in pbx.ts. */
  readonly password: string;
  /** Asterisk's HTTP server. */
  readonly asterisk: string;
  /** Where the recordings are that callers hear now. */
  readonly recordings: { readonly folder: string };
  /** Folder of prompts.yaml, which has their words. */
  readonly script: string;
  /** Whether /login is there (examples/login/). */
  readonly hasLogin: boolean;
}

export function phonePages({
  password,
  asterisk,
  recordings,
  script,
  hasLogin,
}: PhoneOptions): FastifyPluginAsync {
  const server = new URL('/ws', asterisk.replace(/^http/, 'ws')).href;
  return async (pages) => {
    await pages.register(helmet, headersFor(server));
    answerOnlyFromHere(pages);
    pages.addHook('onSend', async (_, reply) => void reply.header('cache-control', 'no-store'));
    pages.get('/phone', (request, reply) =>
      reply.type('text/html; charset=utf-8').send(renderPhonePage(languageOf(request))),
    );
    addFiles(pages);
    pages.get('/phone/recordings', () => loadSounds(recordings.folder));
    pages.get('/phone/settings', async (request, reply): Promise<PhoneSettings> => {
      // The password is for our own page.
      if (!['same-origin', undefined].includes(request.headers['sec-fetch-site']))
        return reply.code(403).send({ message: 'only for the page itself' });
      return { server, password, callers, texts: await readPromptTexts(script), hasLogin };
    });
  };
}

function addFiles(pages: FastifyInstance): void {
  for (const name of ['main.js', 'ear.js'])
    pages.get(`/phone/${name}`, async (_, reply) =>
      reply.type('text/javascript; charset=utf-8').send(await scriptOf(name)),
    );
  pages.get('/phone/phone.css', async (_, reply) =>
    reply.type('text/css; charset=utf-8').send(await readFile(join(import.meta.dirname, 'phone.css'))),
  );
}

/** The query's, or what the console has remembered. */
function languageOf({ query, headers }: FastifyRequest): Language {
  const [, remembered] = /(?:^|; )language=(\w+)/.exec(headers.cookie ?? '') ?? [];
  return readLanguage((query as { lang?: unknown }).lang) ?? readLanguage(remembered) ?? 'vi';
}

/** As for the console, and beside it Asterisk's WebSocket and the worker that listens. */
const headersFor = (server: string) => ({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      scriptSrc: ["'self'"],
      workerSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'", server],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
  },
  strictTransportSecurity: false,
  crossOriginEmbedderPolicy: false,
  referrerPolicy: { policy: 'same-origin' as const },
});
