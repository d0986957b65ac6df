/**
 * What the layers measure, told to those who listen in this process: a layer knows no metrics (src/metrics/), and
 * without a listener telling costs nothing. Only times and words of closed vocabularies: nothing is about a person.
 */
import { channel } from 'node:diagnostics_channel';

/** By name, what is told. Times in ms. */
export interface Measurements {
  /** A call, or a call-back, has ended: as its audit row will say. */
  readonly call: {
    readonly kind: 'call' | 'call-back';
    readonly outcome: string;
    readonly reason: string;
    readonly ms: number;
  };
  /** Calls of processes that are gone now have their rows, which say so. Each call is told once, by the one that wrote its row. */
  readonly interrupted: { readonly calls: number };
  /** A call was sent back to the dialplan at once. */
  readonly refusal: { readonly reason: string };
  /** A step of a call: an answer of the database with what it was, a sentence, a hold, or where the call went. */
  readonly step: { readonly kind: string; readonly detail?: string; readonly ms?: number };
  /** From a caller's last key until something is heard; `prompt` begins it. */
  readonly deadAir: { readonly prompt: string; readonly ms: number };
  /** A request to Asterisk, each repetition apart: `GET /channels/:id`. */
  readonly ariRequest: { readonly operation: string; readonly hasFailed: boolean; readonly ms: number };
  /** The event socket to Asterisk was lost. */
  readonly ariLost: Readonly<Record<string, never>>;
  /** A piece of work has, or has not, got its connection to the database. */
  readonly databaseWait: { readonly pool: string; readonly lane: string; readonly ms: number };
  readonly databaseWork: {
    readonly pool: string;
    readonly lane: string;
    readonly result: 'done' | 'deadline' | 'not-asked' | 'failed';
    readonly ms: number;
  };
  /** A password was hashed or checked. */
  readonly hash: { readonly waitedMs: number; readonly ms: number };
  /** What callers did in the dialplan's menu, once it is counted. */
  readonly menu: { readonly event: string; readonly calls: number };
}

const channelOf = (name: keyof Measurements) => channel(`hotline:${name}`);

/** Tells the listeners before it returns. */
export function tell<Name extends keyof Measurements>(name: Name, measured: Measurements[Name]): void {
  channelOf(name).publish(measured);
}

/** Calls `listener`, which must not throw, for each measurement. Returns the function that removes it. */
export function listen<Name extends keyof Measurements>(
  name: Name,
  listener: (measured: Measurements[Name]) => void,
): () => void {
  const heard = (measured: unknown) => listener(measured as Measurements[Name]);
  channelOf(name).subscribe(heard);
  return () => void channelOf(name).unsubscribe(heard);
}
