/** *One prompt*: listen, record, put live, roll back. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { StoreNotWritable } from '../../recordings/own/own-recordings.ts';
import type { PromptHistory } from '../../recordings/own/prompt-desk.ts';
import { RecordingFailed } from '../../recordings/upload/make-from-upload.ts';
import { RefusedUpload } from '../../recordings/upload/refused-upload.ts';
import { sendNotFound } from '../error-pages.ts';
import { formGuardFor, guardFor, requireOfficer } from '../guard.ts';
import { html, type Content } from '../html.ts';
import type { ConsoleParts, PromptPort } from '../parts.ts';
import { renderPrompt } from '../prompts/render-prompt.ts';
import type { Sounds } from '../prompts/render-versions.ts';
import { addressOf, nameIn, renderStoreState } from '../prompts/render-prompts.ts';
import { readFile, readToken, refuseLarge, type Refuse } from '../prompts/upload.ts';
import { sendPage } from '../send-page.ts';
import type { Visit } from '../visit.ts';

/** A large file on a slow line, ms. */
const bodyTimeout = 60_000;

const versionField = z.union([z.literal('program'), z.string().regex(/^[1-9]\d{0,5}$/)]);
const audioName = /^(live|program|[1-9]\d{0,5})\.wav$/;

type Named = FastifyRequest<{ Params: { name: string; file?: string } }>;
/** What stands above the page. */
type Notice = (visit: Visit) => Content;
/** Sends the page of the prompt that the address names. */
type Send = (
  request: FastifyRequest,
  reply: FastifyReply,
  notice?: Notice,
  status?: number,
) => Promise<FastifyReply>;

export function addPromptPages(pages: FastifyInstance, parts: ConsoleParts): void {
  const { prompts, readScript } = parts;
  const send: Send = async (request, reply, notice = () => null, status = 200) => {
    const prompt = await find(prompts, request);
    if (prompt === null) return sendNotFound(request, reply);
    const [state, sounds, script] = await Promise.all([prompts.state(), readSounds(prompts, prompt), readScript()]); // prettier-ignore
    return sendPage(
      request,
      reply,
      (visit) => ({
        title: visit.words.prompts.promptTitle(prompt.name),
        at: addressOf(prompt.name),
        script: 'prompt.js',
        body: html`
          ${notice(visit)} ${renderStoreState(visit, state)}
          ${renderPrompt(visit, prompt, { state, sounds, script })}
        `,
      }),
      status,
    );
  };
  pages.get('/prompts/:name', guardFor('admin'), (request, reply) => send(request, reply, noticeOf(request)));
  addAudio(pages, parts);
  addUpload(pages, parts, send);
  addPutLive(pages, parts, send);
}

function find(prompts: PromptPort, request: FastifyRequest): Promise<PromptHistory | null> {
  return prompts.read(nameIn((request as Named).params.name));
}

async function readSounds(prompts: PromptPort, { sound, versions }: PromptHistory): Promise<Sounds> {
  const read = async (which: number | 'live') => (await prompts.samples(sound, which)) ?? Buffer.alloc(0);
  const all = await Promise.all(versions.map(async ({ number }) => [number, await read(number)] as const));
  return { live: await read('live'), versions: new Map(all) };
}

function addAudio(pages: FastifyInstance, { prompts }: ConsoleParts): void {
  pages.get('/prompts/:name/:file', guardFor('admin'), async (request, reply) => {
    const [, which] = audioName.exec((request as Named).params.file ?? '') ?? [];
    const prompt = which === undefined ? null : await find(prompts, request);
    if (prompt === null || which === undefined) return sendNotFound(request, reply);
    const isNamed = which === 'live' || which === 'program';
    const wav = await prompts.wav(prompt.sound, isNamed ? which : Number(which));
    if (wav === undefined) return sendNotFound(request, reply);
    return reply.type('audio/wav').header('cache-control', 'no-store').send(wav);
  });
}

function addUpload(pages: FastifyInstance, { prompts, acts, logger }: ConsoleParts, send: Send): void {
  const refuse: Refuse = (request, reply, reason) => {
    const notice = bad(({ words }) => words.prompts.refused[reason]);
    return send(request, reply, notice, reason === 'too-large' ? 413 : 422);
  };
  const preHandler = [
    ...[guardFor('admin').preHandler, refuseLarge(refuse), readToken],
    pages.csrfProtection.bind(pages),
  ];
  const options = { preHandler, config: { bodyTimeout } };
  pages.post('/prompts/:name/upload', options, async (request, reply) => {
    const prompt = await find(prompts, request);
    if (prompt?.text === undefined) return sendNotFound(request, reply);
    try {
      const recording = await prompts.make(prompt, await readFile(request));
      const user = requireOfficer(request).name;
      await acts.recordAct({ user, what: { kind: 'recording made', prompt: prompt.name } });
      const { number } = await prompts.keep(prompt, recording, user);
      return await reply.redirect(`${addressOf(prompt.name)}?made=${number}`, 303);
    } catch (error) {
      if (error instanceof RefusedUpload) return refuse(request, reply, error.reason);
      if (!(error instanceof RecordingFailed || error instanceof StoreNotWritable)) throw error;
      logger.error('a recording could not be made', { error });
      return refuse(request, reply, 'failed');
    }
  });
}

function addPutLive(pages: FastifyInstance, { prompts, acts }: ConsoleParts, send: Send): void {
  pages.post('/prompts/:name/live', formGuardFor(pages, 'admin'), async (request, reply) => {
    const prompt = await find(prompts, request);
    const read = versionField.safeParse((request.body as { version?: unknown } | undefined)?.version);
    if (prompt?.text === undefined || !read.success) return sendNotFound(request, reply);
    const version = read.data === 'program' ? null : Number(read.data);
    const { kind } = await prompts.state();
    // Or the application would count on a length that callers do not hear. The program's own is right everywhere.
    if (kind !== 'plays' && version !== null) return send(request, reply, () => null, 409);
    const user = requireOfficer(request).name;
    await acts.recordAct({ user, what: { kind: 'recording put live', prompt: prompt.name, version } });
    const isLive = await prompts.putLive(prompt.sound, version, user);
    return isLive
      ? reply.redirect(`${addressOf(prompt.name)}?live=1`, 303)
      : send(
          request,
          reply,
          bad(({ words }) => words.prompts.noSuchVersion),
          422,
        );
  });
}

function bad(say: (visit: Visit) => string): Notice {
  return (visit) => html`<p class="notice bad" role="alert">${say(visit)}</p>`;
}

function noticeOf({ query }: FastifyRequest): Notice {
  const { made, live } = query as { made?: unknown; live?: unknown };
  const good = (text: string) => html`<p class="notice good" role="status">${text}</p>`;
  return ({ words: { prompts } }) => {
    if (live !== undefined) return good(prompts.isLive);
    return typeof made === 'string' && /^[1-9]\d{0,5}$/.test(made) ? good(prompts.made(Number(made))) : null;
  };
}
