/** Pushes what happens now to every page that is open. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { requireOfficer } from '../guard.ts';
import { renderPart } from '../html.ts';
import type { Language } from '../languages.ts';
import type { LiveFeed, Snapshot } from '../live-feed.ts';
import type { ConsoleParts, ConsoleProcess } from '../parts.ts';
import { visitOf, type Visit } from '../visit.ts';
import { renderNow } from './render-now.ts';

/** Pages that are pushed to at once, so that a server for small requests has connections left. */
const maxOpenPages = 50;
/** Of these, of one user. */
const maxOwnPages = 10;
/** How soon an open page notices that its session has ended, ms. */
const lookAgainMs = 15_000;

export class NowPush {
  readonly #feed: LiveFeed;
  readonly #process: ConsoleProcess;
  readonly #sessions: ConsoleParts['sessions'];
  /** How many pages each user has open. */
  readonly #open = new Map<string, number>();
  /** Once for all readers of a language. */
  readonly #rendered = new WeakMap<Snapshot, Map<Language, string>>();

  constructor(feed: LiveFeed, process: ConsoleProcess, sessions: ConsoleParts['sessions']) {
    this.#feed = feed;
    this.#process = process;
    this.#sessions = sessions;
  }

  /** Until the page is closed, or its session has ended. */
  async to(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { name } = requireOfficer(request);
    const own = this.#open.get(name) ?? 0;
    if (this.#feed.listeners >= maxOpenPages || own >= maxOwnPages) return reply.code(503).send();
    this.#open.set(name, own + 1);
    const visit = visitOf(request, reply);
    reply.sse.keepAlive();
    reply.sse.sendHeaders();
    const stop = this.#feed.listen((snapshot) => {
      const data = this.#render(visit, snapshot);
      void reply.sse.send({ event: 'now', data }).catch(() => undefined); // a reader that is gone
    });
    const ended = setInterval(() => void this.#closeIfEnded(request, reply), lookAgainMs);
    reply.sse.onClose(() => {
      this.#open.set(name, (this.#open.get(name) ?? 1) - 1);
      stop();
      clearInterval(ended);
    });
    return undefined;
  }

  /** The browser then asks again, and is sent to the sign-in. */
  async #closeIfEnded({ session }: FastifyRequest, reply: FastifyReply): Promise<void> {
    // While the database is unreachable, nobody knows.
    const open = await this.#sessions.readSession(session.sessionId).catch(() => undefined);
    if (open === null) reply.sse.close();
  }

  #render(visit: Visit, snapshot: Snapshot): string {
    const byLanguage = this.#rendered.get(snapshot) ?? new Map<Language, string>();
    this.#rendered.set(snapshot, byLanguage);
    const part = byLanguage.get(visit.language) ?? renderPart(renderNow(visit, this.#process, snapshot));
    byLanguage.set(visit.language, part);
    return part;
  }
}
