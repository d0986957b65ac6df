/** Waiting with a caller on the line: never in silence, never for long. */
import { RegistryUnavailable } from '../registry/registry-unavailable.ts';
import type { Call } from '../call/call.ts';
import type { Utterance } from '../call/prompts.ts';

/** A caller is left without a word for this long before the first "please wait", and before each further one; ms. */
const firstWordMs = 1000;
const nextWordMs = 2000;
/**
 * A database that is away is asked again for so long, ms; with its deadline on top, and the
 * apology, a caller knows within 20 s. A restarted MariaDB or MySQL is usually back by then.
 */
const patienceMs = 7000;
/** Said between two attempts, which it also paces. */
const pleaseHold: readonly Utterance[] = ['please-wait', 'pause', 'pause', 'pause'];

/**
 * Waits for something that is nearly always there at once; if not, the caller hears that we wait.
 * The work is not tied to the line: its result counts even if the caller hangs up meanwhile.
 */
export async function withPleaseWait<T>(call: Call, work: Promise<T>): Promise<T> {
  let isSettled = false;
  const settled = work.then(
    () => (isSettled = true),
    () => (isSettled = true),
  );
  for (let wordless = firstWordMs; ; wordless = nextWordMs) {
    await orAfter(wordless, settled);
    if (isSettled) return work;
    await call.say('please-wait').catch(() => undefined);
  }
}

/**
 * Asks the registry, and again while it is away, with the caller on hold.
 *
 * @param ask must be safe to repeat: an answer that was lost may have been a success
 * @param meanwhile said while it is asked for the first time
 * @throws RegistryUnavailable when it stays away; ChannelGone
 */
export async function askWhileHolding<T>(
  call: Call,
  ask: () => Promise<T>,
  ...meanwhile: readonly Utterance[]
): Promise<T> {
  let isOver = false;
  const timer = setTimeout(() => (isOver = true), patienceMs);
  let asked = ask();
  asked.catch(() => undefined); // the caller may hang up before it is awaited
  try {
    if (meanwhile.length > 0) await call.say(...meanwhile);
    for (;;) {
      try {
        return await withPleaseWait(call, asked);
      } catch (error) {
        if (isOver || !(error instanceof RegistryUnavailable)) throw error;
      }
      await call.say(...pleaseHold);
      asked = ask();
      asked.catch(() => undefined);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves when the work is done, or after a time. */
async function orAfter(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, passed]);
  clearTimeout(timer);
}
