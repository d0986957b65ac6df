/**
 * Asks again only once the last answer is this old, ms; meanwhile, and while it is being asked, everybody gets the
 * same answer. A rejection is an answer for those who wait for it; who comes later asks again.
 */
export function askSeldom<T>(everyMs: number, ask: () => Promise<T>): () => Promise<T> {
  let askedAt = -Infinity;
  let answer: Promise<T> | undefined;
  return () => {
    if (answer !== undefined && performance.now() - askedAt < everyMs) return answer;
    askedAt = performance.now();
    const asked = ask();
    answer = asked;
    asked.catch(() => {
      if (answer === asked) answer = undefined;
    });
    return asked;
  };
}
