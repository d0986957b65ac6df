/**
 * Runs `act` once the signal is aborted; at once if it already is. Returns the function that stops waiting for it.
 */
export function whenAborted(signal: AbortSignal, act: () => void): () => void {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
  return () => signal.removeEventListener('abort', act);
}
