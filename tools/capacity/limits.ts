/** What is full first: each limit of the program and its configuration as shipped, and the rate that reaches it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashesAtOnce } from '../../src/accounts/password-hash.ts';
import { describeSettings } from '../../src/config.ts';
import { batchRows } from '../../src/mysql/outbox.ts';
import { trafficFor } from './erlang-b.ts';
import type { Values } from './inputs.ts';

export interface Limit {
  readonly what: string;
  readonly shipped: string;
  /** What to change, or why it cannot be. */
  readonly change: string;
  /** Calls a second that it suffices for. */
  readonly rate: number;
}

const checkout = join(import.meta.dirname, '../..');

/** The value of an option in a file of asterisk-config/. */
function option(file: string, name: string): number {
  const text = readFileSync(join(checkout, 'asterisk-config', file), 'utf8');
  const value = new RegExp(`^${name} *= *(\\d+)`, 'm').exec(text)?.[1];
  if (value === undefined) throw new Error(`asterisk-config/${file} sets no ${name}`);
  return Number(value);
}

function setting(name: 'MAX_CALLS' | 'DATABASE_POOL_SIZE'): {
  readonly shipped: number;
  readonly max: number;
} {
  const { default: shipped, allowed } = describeSettings().find((each) => each.name === name)!;
  return { shipped: Number(shipped), max: Number(/\d+$/.exec(allowed)?.[0]) };
}

/** The one that is reached first comes first. */
export function limitsOf(values: Values): Limit[] {
  const share = values.use / 100;
  const lines = (count: number, seconds: number) => trafficFor(count, values.blocking / 100) / seconds;
  const each = (ms: number) => (1000 / ms) * share;
  const [calls, pool] = [setting('MAX_CALLS'), setting('DATABASE_POOL_SIZE')];
  const maxCalls = option('asterisk.conf', 'maxcalls');
  const legs = (option('rtp.conf', 'rtpend') - option('rtp.conf', 'rtpstart') + 1) / 2;
  const hashes = hashesAtOnce(values.processors);
  const allMs = values.call * values.asterisk + values.application + values.database;
  const limits: Limit[] = [
    limit('processors of one machine', `${values.processors}`, 'more of them', values.processors * each(allMs)), // prettier-ignore
    limit('`MAX_CALLS`', `${calls.shipped} in the application`, `up to ${calls.max}`, lines(calls.shipped, values['in-application'])), // prettier-ignore
    limit('`MAX_CALLS` at its highest', `${calls.max}`, 'more machines', lines(calls.max, values['in-application'])), // prettier-ignore
    limit('`maxcalls` in asterisk.conf', `${maxCalls} in all`, 'twice `MAX_CALLS`', lines(maxCalls, values.call)), // prettier-ignore
    limit('ports in rtp.conf', `${legs} calls`, '`rtpend`, and the firewall', lines(legs, values.call)), // prettier-ignore
    limit('event loop of the application', 'one thread', 'more machines: each PBX has one application', each(values.application - values.hash)), // prettier-ignore
    limit('hashes at once', `${hashes} of ${values.processors} processors`, 'one processor stays free, and half of four threads', hashes * each(values.hash)), // prettier-ignore
    limit('`DATABASE_POOL_SIZE`', `${pool.shipped} connections`, `up to ${pool.max}`, pool.shipped * each(values.connection)), // prettier-ignore
    limit('messages at once', `${batchRows} to the SMS gateway`, 'more machines; until then they wait', batchRows * each(values.gateway)), // prettier-ignore
  ];
  return limits.sort((one, other) => one.rate - other.rate);
}

function limit(what: string, shipped: string, change: string, rate: number): Limit {
  return { what, shipped, change, rate };
}
