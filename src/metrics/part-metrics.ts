/** What is counted of the parts that calls need: Asterisk, the database, the hashes. */
import { Counter, Histogram, type Registry } from '@prometheus-io/client';
import { listen } from '../measured.ts';
import { answerBuckets as buckets, seconds } from './buckets.ts';

/** Counts until the returned functions are called. */
export function countParts(registers: [Registry]): (() => void)[] {
  return [...countAri(registers), ...countDatabase(registers), ...countHashes(registers)];
}

function countAri(registers: [Registry]): (() => void)[] {
  const labelNames = ['operation'] as const;
  const requests = new Histogram({
    name: 'hotline_ari_request_duration_seconds',
    help: 'Round trips of requests to Asterisk, with the wait for a connection.',
    labelNames,
    buckets,
    registers,
  });
  const failures = new Counter({
    name: 'hotline_ari_request_failures_total',
    help: 'Requests that Asterisk refused or did not answer; a channel that has gone is refused too.',
    labelNames,
    registers,
  });
  const lost = new Counter({
    name: 'hotline_ari_connections_lost_total',
    help: 'How often the event socket to Asterisk was lost; it is reopened each time.',
    registers,
  });
  return [
    listen('ariRequest', ({ operation, hasFailed, ms }) => {
      requests.observe({ operation }, seconds(ms));
      if (hasFailed) failures.inc({ operation });
    }),
    listen('ariLost', () => lost.inc()),
  ];
}

function countDatabase(registers: [Registry]): (() => void)[] {
  const labelNames = ['pool', 'lane'] as const;
  const waits = new Histogram({
    name: 'hotline_database_wait_seconds',
    help: 'How long work waited for a place in the pool of connections.',
    labelNames,
    buckets,
    registers,
  });
  const works = new Histogram({
    name: 'hotline_database_work_seconds',
    help: 'How long work with the database took, with its waits.',
    labelNames,
    buckets,
    registers,
  });
  const deadlines = new Counter({
    name: 'hotline_database_deadlines_total',
    help: 'Work that was given up: "deadline": no answer in time; "not-asked": no connection in time.',
    labelNames: [...labelNames, 'why'],
    registers,
  });
  for (const why of ['deadline', 'not-asked'])
    for (const lane of ['urgent', 'call']) deadlines.inc({ pool: 'registry', lane, why }, 0);
  const failures = new Counter({
    name: 'hotline_database_failures_total',
    help: 'Work that failed for another reason.',
    labelNames,
    registers,
  });
  return [
    listen('databaseWait', ({ pool, lane, ms }) => waits.observe({ pool, lane }, seconds(ms))),
    listen('databaseWork', ({ pool, lane, result, ms }) => {
      works.observe({ pool, lane }, seconds(ms));
      if (result === 'failed') failures.inc({ pool, lane });
      else if (result !== 'done') deadlines.inc({ pool, lane, why: result });
    }),
  ];
}

function countHashes(registers: [Registry]): (() => void)[] {
  const lengths = new Histogram({
    name: 'hotline_hash_duration_seconds',
    help: 'How long making or checking a hash took.',
    buckets,
    registers,
  });
  const waits = new Histogram({
    name: 'hotline_hash_wait_seconds',
    help: 'How long a hash waited for its turn.',
    buckets,
    registers,
  });
  return [
    listen('hash', ({ waitedMs, ms }) => {
      waits.observe(seconds(waitedMs));
      lengths.observe(seconds(ms));
    }),
  ];
}
