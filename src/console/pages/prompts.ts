/** *Prompts*: every prompt, and how long each path through the call takes with them. */
import type { FastifyInstance } from 'fastify';
import { guardFor } from '../guard.ts';
import { html } from '../html.ts';
import type { ConsoleParts } from '../parts.ts';
import { renderPaths } from '../prompts/render-paths.ts';
import { renderPromptList, renderStoreState } from '../prompts/render-prompts.ts';
import { sendPage } from '../send-page.ts';

export function addPromptsPage(pages: FastifyInstance, { prompts, readScript }: ConsoleParts): void {
  pages.get('/prompts', guardFor('admin'), async (request, reply) => {
    const [all, state, script] = await Promise.all([prompts.list(), prompts.state(), readScript()]);
    return sendPage(request, reply, (visit) => ({
      title: visit.words.prompts.title,
      at: '/prompts',
      body: html`
        ${renderStoreState(visit, state)} ${renderPaths(visit, script, (sound) => prompts.lengthMs(sound))}
        ${renderPromptList(visit, all, script)}
      `,
    }));
  });
}
