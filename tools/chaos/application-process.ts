/**
 * Runs the application of a trial (application.ts) as a process: starts it, gives it orders, reads
 * its news, kills it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { News, Order } from './application.ts';

/** Longer than the longest stop and the longest hold together. */
const patienceMs = 60_000;

export class ApplicationProcess {
  readonly #options: readonly string[];
  readonly #onNews: (news: News) => void;
  #process: ChildProcess | undefined;
  #answers: News['news'][] = [];
  #news = Promise.withResolvers<void>();

  /** @param options of application.ts */
  constructor(options: readonly string[], onNews: (news: News) => void) {
    this.#options = options;
    this.#onNews = onNews;
  }

  /** Starts a process, in place of one that was killed. Resolves when it takes orders. */
  async start(): Promise<void> {
    const started = spawn(process.execPath, [join(import.meta.dirname, 'application.ts'), ...this.#options], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#process = started;
    this.#answers = [];
    started.stdin.on('error', () => undefined); // the process was killed
    createInterface({ input: started.stdout }).on('line', (line) => {
      if (this.#process === started) this.#hear(JSON.parse(line) as News);
    });
    await Promise.race([this.until(() => this.#answers.includes('ready')), once(started, 'exit')]);
    this.#answers = [];
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  order(order: Order): void {
    this.#process!.stdin!.write(`${JSON.stringify(order)}\n`);
  }

  /** Gives the order. Returns whether it was carried out in time. */
  async does(order: 'recover' | 'ping'): Promise<boolean> {
    this.#answers = [];
    this.order({ order });
    return this.until(() => this.#answers.includes('recovered'));
  }

  /** Checks the condition again at each piece of news. Returns whether it came true in time. */
  async until(condition: () => boolean): Promise<boolean> {
    const deadline = Date.now() + patienceMs;
    while (!condition()) {
      if (Date.now() > deadline) return false;
      await Promise.race([this.#news.promise, pause(50)]);
    }
    return true;
  }

  #hear(news: News): void {
    if (!('channelId' in news)) this.#answers.push(news.news);
    this.#onNews(news);
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}
