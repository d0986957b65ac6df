/** What a command says while its work takes time, on standard error. */
import { wait } from '../timing/wait.ts';
import { endBy, Interruption, listenForInterruption } from './interruption.ts';
import { withLiveLine } from './live-line.ts';

/** Work that takes longer says what it is doing, ms. */
const silentMs = 2000;
/** Interval between lines, ms. */
const lineEveryMs = 5000;
/** Interval between looks at the clock for a live line, ms. */
const drawEveryMs = 500;

/** Takes what the work is doing now, or how far it is. */
export type Show = (doing: string) => void;

/**
 * Runs `work`, and once it has taken 2 s says what it is doing and for how long: on a terminal by a line that
 * changes and is gone in the end, elsewhere by a line now and then. What `work` itself prints meanwhile would
 * appear after it on a terminal.
 *
 * @param doing what it does, until it says so itself
 */
export async function withProgress<T>(doing: string, work: (show: Show) => Promise<T>): Promise<T> {
  const { isTTY, columns } = process.stderr;
  return follow(doing, work, isTTY && columns > 0 ? drawWhile : writeWhile);
}

/** As {@link withProgress}, with lines on a terminal too: for work that prints. */
export async function withProgressLines<T>(doing: string, work: (show: Show) => Promise<T>): Promise<T> {
  return follow(doing, work, writeWhile);
}

type Follower = <T>(running: Promise<T>, describe: () => string) => Promise<T>;

async function follow<T>(doing: string, work: (show: Show) => Promise<T>, show: Follower): Promise<T> {
  const startedAt = performance.now();
  let now = doing;
  const running = work((text) => (now = text));
  const isOver = await Promise.race([
    running.then(
      () => true,
      () => true,
    ),
    wait(silentMs, { keepsAlive: false }).then(() => false),
  ]);
  if (isOver) return running;
  return show(running, () => `${now}, ${Math.floor((performance.now() - startedAt) / 1000)} s`);
}

async function writeWhile<T>(running: Promise<T>, describe: () => string): Promise<T> {
  const write = () => void process.stderr.write(`${describe()}\n`);
  write();
  const timer = setInterval(write, lineEveryMs);
  return running.finally(() => clearInterval(timer));
}

/** Gives the terminal back as it was when the process is told to end, too. */
async function drawWhile<T>(running: Promise<T>, describe: () => string): Promise<T> {
  const interruption = listenForInterruption();
  let timer: NodeJS.Timeout | undefined;
  try {
    return await withLiveLine((show) => {
      show(describe());
      timer = setInterval(() => show(describe()), drawEveryMs);
      return Promise.race([running, interruption.promise]);
    });
  } catch (error) {
    interruption.forget();
    if (error instanceof Interruption) await endBy(error);
    throw error;
  } finally {
    clearInterval(timer);
    interruption.forget();
  }
}
