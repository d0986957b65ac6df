/**
 * Asks again only once the last answer is this old, ms; meanwhile, and while it is being asked, everybody gets the
 * same answer. A rejection is an answer too.
 */
export function askSeldom<T>(everyMs: number, ask: () => Promise<T>): () => Promise<T> {
  let askedAt = -Infinity;
  let answer: Promise<T> | undefined;
  return () => {
    if (answer !== undefined && performance.now() - askedAt < everyMs) return answer;
    askedAt = performance.now();
    answer = ask();
    answer.catch(() => undefined);
    return answer;
  };
}
