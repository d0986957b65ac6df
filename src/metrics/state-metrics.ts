/** What holds now. Memory is read at each scrape, everything else at most once in a few seconds. */
import { Gauge, type Registry } from '@prometheus-io/client';
import { askSeldom } from '../timing/ask-seldom.ts';
import { seconds } from './buckets.ts';

/** Where the state is read. What rejects has no value then. */
export interface State {
  /** Calls being served, the most that are served at once, and whether a drain is under way. */
  readonly calls: () => { readonly calls: number; readonly maxCalls: number; readonly draining: boolean };
  /** Rows of calls that wait for the database. */
  readonly recordsWaiting: () => number;
  readonly hashesWaiting: () => number;
  /** Since Asterisk last answered on the event socket, ms; null: not connected. */
  readonly pongAgeMs: () => number | null;
  /** Why each part would not serve a caller; null: it would. */
  readonly readiness: () => Promise<Readonly<Record<string, string | null>>>;
  /** Messages to owners. */
  readonly outbox: () => Promise<{ readonly waiting: number; readonly dead: number; readonly oldestWaitingMs: number }>; // prettier-ignore
  readonly hasGateway: boolean;
  /** Age of the oldest audit row without a seal, ms; 0: none. */
  readonly unsealedMs: () => Promise<number>;
  /** Of the disk with the journal. */
  readonly journalDisk: () => Promise<{ readonly freeBytes: number; readonly sizeBytes: number }>;
}

/** Between two questions to database, Asterisk or disk, ms. */
const everyMs = 5000;

/** Makes the gauges. Returns what brings them up to date; it never rejects. */
export function watchState(registers: [Registry], state: State): () => Promise<void> {
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const readNow = watchMemory(gauge, state);
  const reads = [
    watchReadiness(registers, state),
    watchOutbox(registers, gauge, state),
    watchAudit(gauge, state),
    watchDisk(gauge, state),
  ];
  return async () => {
    readNow();
    await Promise.all(reads.map((read) => read()));
  };
}

type NewGauge = (name: string, help: string) => Gauge;

function watchMemory(
  gauge: NewGauge,
  { calls, recordsWaiting, hashesWaiting, pongAgeMs }: State,
): () => void {
  const now = gauge('hotline_calls', 'Calls being served.');
  const max = gauge('hotline_calls_max', 'The most calls that are served at once (MAX_CALLS).');
  const draining = gauge('hotline_draining', '1 while the application takes no more calls in order to stop.');
  const records = gauge('hotline_records_waiting', 'Rows of calls that wait for the database.');
  const hashes = gauge('hotline_hashes_waiting', 'Hashes of passwords that wait for their turn.');
  const connected = gauge('hotline_ari_connected', '1 while the event socket to Asterisk is open.');
  const pong = gauge('hotline_ari_pong_age_seconds', 'Since Asterisk last answered on the event socket.');
  return () => {
    const { calls: running, maxCalls, draining: isDraining } = calls();
    now.set(running);
    max.set(maxCalls);
    draining.set(Number(isDraining));
    records.set(recordsWaiting());
    hashes.set(hashesWaiting());
    const ageMs = pongAgeMs();
    connected.set(Number(ageMs !== null));
    setOrRemove(pong, ageMs);
  };
}

function watchReadiness(registers: [Registry], { readiness }: State): () => Promise<void> {
  const ready = new Gauge({
    name: 'hotline_part_ready',
    help: '1 for each part that would serve a caller, as /readyz says.',
    labelNames: ['part'],
    registers,
  });
  const read = askSeldom(everyMs, readiness);
  return async () => {
    for (const [part, why] of Object.entries(await read())) ready.set({ part }, Number(why === null));
  };
}

function watchOutbox(
  registers: [Registry],
  gauge: NewGauge,
  { outbox, hasGateway }: State,
): () => Promise<void> {
  gauge('hotline_outbox_gateway_set', '1 if an SMS gateway is set; without one messages wait.').set(
    Number(hasGateway),
  );
  const messages = new Gauge({
    name: 'hotline_outbox_messages',
    help: 'Messages to owners that wait, and that were given up; 1000 means 1000 or more.',
    labelNames: ['state'],
    registers,
  });
  const oldest = gauge('hotline_outbox_oldest_waiting_seconds', 'Age of the oldest message that waits.');
  const read = askSeldom(everyMs, outbox);
  return async () => {
    const counts = await read().catch(() => null);
    if (counts === null) messages.reset();
    else for (const name of ['waiting', 'dead'] as const) messages.set({ state: name }, counts[name]);
    setOrRemove(oldest, counts?.oldestWaitingMs ?? null);
  };
}

function watchAudit(gauge: NewGauge, { unsealedMs }: State): () => Promise<void> {
  const age = gauge('hotline_audit_unsealed_seconds', 'Age of the oldest audit row without a seal.');
  const read = askSeldom(everyMs, unsealedMs);
  return async () => setOrRemove(age, await read().catch(() => null));
}

function watchDisk(gauge: NewGauge, { journalDisk }: State): () => Promise<void> {
  const free = gauge('hotline_journal_disk_free_bytes', 'Room on the disk with JOURNAL_DIRECTORY.');
  const size = gauge('hotline_journal_disk_size_bytes', 'Size of the disk with JOURNAL_DIRECTORY.');
  const read = askSeldom(everyMs, journalDisk);
  return async () => {
    const disk = await read().catch(() => null);
    if (disk === null) return [free, size].forEach((each) => each.remove());
    free.set(disk.freeBytes);
    size.set(disk.sizeBytes);
  };
}

/** A value that is not known is left out; an old one would look current. @param ms shown as seconds */
function setOrRemove(gauge: Gauge, ms: number | null): void {
  if (ms === null) gauge.remove();
  else gauge.set(seconds(ms));
}
