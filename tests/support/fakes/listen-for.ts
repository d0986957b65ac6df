import { listen, type Measurements } from '../../../src/measured.ts';

/** Listens to what is told by this name until the returned function is called, which returns it. */
export function listenFor<Name extends keyof Measurements>(name: Name): () => Measurements[Name][] {
  const told: Measurements[Name][] = [];
  const stop = listen(name, (measured) => void told.push(measured));
  return () => {
    stop();
    return told;
  };
}
