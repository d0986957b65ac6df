/** Waiting with a caller on the line: never in silence, and never for long. */
import pTimeout from 'p-timeout';
import { RegistryUnavailable } from '../registry/registry-unavailable.ts';
import type { Call } from '../call/call.ts';
import type { Utterance } from '../call/prompts.ts';

/** Silence before the first "please wait", and between repetitions, ms: well below 3 s, on a busy machine too. */
const firstWordMs = 1000;
const nextWordMs = 1500;
/**
 * How long an unreachable database is asked again, ms. With its deadline and the apology on top, the
 * caller is told within 20 s. A restarted MariaDB or MySQL is usually back by then.
 */
const patienceMs = 7000;
/** Said between two tries, which it also spaces. */
const saidBetween: readonly Utterance[] = ['please-wait', 'pause', 'pause'];

/**
 * Waits for work that is nearly always done at once. If it is not, the caller hears "please wait". The
 * work is not tied to the line: its result counts even if the caller hangs up meanwhile.
 */
export async function withPleaseWait<T>(call: Call, work: Promise<T>): Promise<T> {
  const settled = work.then(
    () => true,
    () => true,
  );
  for (let quietMs = firstWordMs; ; quietMs = nextWordMs) {
    if (await pTimeout(settled, { milliseconds: quietMs, fallback: () => false })) return work;
    await call.say('please-wait').catch(() => undefined);
  }
}

/**
 * Asks the registry, and repeats while it is unreachable; the caller hears "please wait".
 *
 * @param ask must be safe to repeat, because a lost answer may have been a success
 * @param meanwhile said during the first try
 * @throws RegistryUnavailable if it stays unreachable; ChannelGone
 */
export async function askWithPleaseWait<T>(
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
      await call.say(...saidBetween);
      asked = ask();
      asked.catch(() => undefined);
    }
  } finally {
    clearTimeout(timer);
  }
}
