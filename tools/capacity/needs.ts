/** What a rate of calls needs. Means of a busy hour: what grows with the calls is taken as growing in step with them. */
import type { Values } from './inputs.ts';
import { linesFor } from './erlang-b.ts';

/** A packet every 20 ms, each way (RFC 3551, 4.5). */
const packetsASecond = 50;
/** 20 ms of A-law, then RTP (RFC 3550, 5.1), UDP, IPv4; then Ethernet with its check sum. */
const ipBytes = 160 + 12 + 8 + 20;
const ethernetBytes = ipBytes + 14 + 4;
const hourSeconds = 3600;
const daysAYear = 365;

export interface Needs {
  readonly rate: number;
  readonly callsADay: number;
  readonly callsAYear: number;
  /** The mean of calls at once, and of those in the application. */
  readonly erlangs: number;
  readonly applicationErlangs: number;
  readonly lines: number;
  /** Processors at the share of use that is asked for. */
  readonly processors: Readonly<Record<'asterisk' | 'eventLoop' | 'hash' | 'database' | 'all', number>>;
  /** Application processes, whose event loop has one thread each. */
  readonly processes: number;
  /** MB: of Asterisk with all lines taken, and of the application processes. */
  readonly memory: Readonly<Record<'asterisk' | 'application', number>>;
  /** Each way. */
  readonly packets: number;
  /** Each way. */
  readonly megabits: Readonly<Record<'ip' | 'ethernet', number>>;
  readonly statements: number;
  readonly logWrites: number;
  readonly logKib: number;
  readonly connections: number;
  /** Bytes: what a year adds for good, what is always there of the last days, the registry. */
  readonly bytes: Readonly<Record<'year' | 'recent' | 'registry', number>>;
  /** Of callers, in the busy hour and in a year; of trunk channels and messages in a year. NaN: not known. */
  readonly vnd: Readonly<Record<'hour' | 'year' | 'lines' | 'messages', number>>;
}

/** @param rate calls a second in the busy hour, all of them served at the first attempt */
export function needsOf(rate: number, values: Values): Needs {
  const share = values.use / 100;
  const erlangs = rate * values.call;
  const lines = linesFor(erlangs, values.blocking / 100);
  const callsADay = (rate * hourSeconds) / (values['busy-hour'] / 100);
  const callsAYear = callsADay * daysAYear;
  const used = {
    asterisk: (erlangs * values.asterisk) / 1000,
    eventLoop: (rate * (values.application - values.hash)) / 1000,
    hash: (rate * values.hash) / 1000,
    database: (rate * values.database) / 1000,
  };
  const at = (processors: number) => processors / share;
  const processes = Math.max(1, Math.ceil(at(used.eventLoop)));
  const packets = erlangs * packetsASecond;
  return {
    ...{ rate, callsADay, callsAYear, erlangs, applicationErlangs: rate * values['in-application'], lines },
    processors: {
      ...{ asterisk: at(used.asterisk), eventLoop: at(used.eventLoop), hash: at(used.hash) },
      ...{ database: at(used.database) },
      all: at(used.asterisk + used.eventLoop + used.hash + used.database),
    },
    processes,
    memory: {
      asterisk: processes * values['asterisk-idle'] + lines * values['asterisk-call'],
      application: processes * values['application-memory'],
    },
    packets,
    megabits: { ip: (packets * ipBytes * 8) / 1e6, ethernet: (packets * ethernetBytes * 8) / 1e6 },
    ...{ statements: rate * values.statements, logWrites: rate * values['log-writes'] },
    ...{ logKib: rate * values['log-kib'], connections: (rate * values.connection) / 1000 / share },
    bytes: {
      year: callsAYear * values.audit,
      recent: callsADay * (30 * values.month + 2 * values['two-days']),
      registry: values.accounts * 1e6 * values.account,
    },
    vnd: {
      hour: rate * hourSeconds * values['vnd-call'],
      year: callsAYear * values['vnd-call'],
      lines: lines * values['vnd-line'] * 12,
      messages: callsAYear * values['vnd-sms'],
    },
  };
}
