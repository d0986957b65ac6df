/** What the arithmetic starts from: figures with their units and sources. A reader replaces each by an option. */
import { parseArgs } from 'node:util';
import { ExpectedError } from '../../src/expected-error.ts';
import { bytesOf, type Measured } from './measured.ts';

export interface Input {
  readonly unit: string;
  readonly means: string;
  /** NaN: it is not known here, and what follows from it is left out. */
  readonly default: number;
  /** Both included. */
  readonly min: number;
  readonly max: number;
  readonly source: string;
}

const gib = 1024;

/** By the name of its option. */
export function describeInputs(measured: Measured) {
  const { run, short } = measured;
  const [shortRun, rowSizes] = [`\`${short.command}\` of ${short.date}`, 'tests/capacity/row-sizes.test.ts'];
  const own = 'our choice';
  const call = 'the recordings, as in call-flow.md';
  return {
    call: input('s', 'a call, from its answer', measured.callSeconds, [1, 3600], call),
    'in-application': input('s', 'of it behind the menu', measured.applicationSeconds, [1, 3600], call),
    blocking: input('%', 'callers who may find every line taken', 1, [0.01, 50], own),
    use: input('%', 'most that processors, connections and gateway are used', 70, [1, 100], own),
    'busy-hour': input('%', 'of the calls of a day come in its busiest hour', 15, [4.2, 100], 'assumed for the 105,000 resets a day of 2021: 4.4 calls/s'), // prettier-ignore
    asterisk: input('ms', 'Asterisk, a second of a call', measured.pbxMs, [0.01, 1000], run),
    application: input('ms', 'application, a call', measured.applicationMs, [0.1, 10_000], run),
    hash: input('ms', 'of it the hash, beside the event loop', 22, [0, 10_000], 'src/accounts/password-hash.ts'), // prettier-ignore
    database: input('ms', 'database, a call', measured.databaseMs, [0.01, 10_000], run),
    processors: input('', 'of one machine', 2, [1, 512], 'the machine of the bench'),
    'asterisk-idle': input('MB', 'Asterisk without a call', Math.round(short.memory.before.pbx), [1, gib * 64], shortRun), // prettier-ignore
    'asterisk-call': input('MB', 'Asterisk, a call', short.pbxMbACall, [0.01, 100], shortRun),
    'application-memory': input('MB', 'one application process', Math.round(short.memory.max.hotline), [1, gib * 64], shortRun), // prettier-ignore
    statements: input('', 'sent to the database, a call', short.work.statements, [1, 1000], shortRun),
    'log-writes': input('', 'of the database, each synced to the disk, a call', short.work.logWrites, [0.1, 1000], shortRun), // prettier-ignore
    'log-kib': input('KiB', 'of the log, a call', short.work.logKib, [0.1, 10_000], shortRun),
    connection: input('ms', 'a connection of the pool is held, a call', short.work.heldMs, [0.1, 60_000], shortRun), // prettier-ignore
    audit: input('bytes', 'a call, kept until it is pruned', bytesOf.auditedCall, [1, 100_000], rowSizes),
    month: input('bytes', 'a call, kept for 30 days: steps, reset, notification', bytesOf.steps + bytesOf.reset, [1, 100_000], rowSizes), // prettier-ignore
    'two-days': input('bytes', 'a call, kept for 2 days: attempt', bytesOf.attempt, [1, 100_000], rowSizes),
    accounts: input('million', 'accounts in the registry', 40, [0, 1000], 'the plan for the whole country'),
    account: input('bytes', 'an account', bytesOf.account, [1, 100_000], rowSizes),
    gateway: input('ms', 'the SMS gateway takes to answer', 1000, [1, 60_000], 'assumed'),
    'vnd-call': input('VND', 'a call costs its caller', measured.vndACall, [0, 1e6], '1,000 a minute begun: BHXH on 1900.9068'), // prettier-ignore
    'vnd-line': input('VND', 'a trunk channel costs a month', NaN, [0, 1e9], 'ask your carrier'),
    'vnd-sms': input('VND', 'a message costs', NaN, [0, 1e6], 'ask your gateway'),
  } satisfies Record<string, Input>;
}

function input(
  unit: string,
  means: string,
  value: number,
  [min, max]: readonly [min: number, max: number],
  source: string,
): Input {
  return { unit, means, default: value, min, max, source };
}

export type Inputs = ReturnType<typeof describeInputs>;
export type InputName = keyof Inputs;
export type Values = Readonly<Record<InputName, number>>;

/** Calls a second: what a day of 2021 had in its busiest hour by assumption, and what a rush might bring. */
export const shownRates = [4.4, 20, 100];

export interface Question {
  readonly rates: readonly number[];
  readonly values: Values;
}

/** An option that is no number, or none that makes sense. */
export class InputError extends ExpectedError {
  override readonly name = 'InputError';
}

/** @param words of the command line: `--rate 4.4,20 --call 70` @throws InputError in one sentence */
export function readQuestion(words: readonly string[], inputs: Inputs): Question {
  const names = Object.keys(inputs) as InputName[];
  const options = Object.fromEntries(['rate', ...names].map((name) => [name, { type: 'string' as const }]));
  const given = parse(words, options);
  const number = (name: string, text: string, { min, max, unit }: Pick<Input, 'min' | 'max' | 'unit'>) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= min && value <= max))
      throw new InputError(
        `--${name}: expected a number from ${min} to ${max}${unit && ` (${unit})`}, not ${text}`,
      );
    return value;
  };
  const rates = given['rate']?.split(',') ?? shownRates.map(String);
  const values = Object.fromEntries(
    names.map((name) => [
      name,
      name in given ? number(name, given[name]!, inputs[name]) : inputs[name].default,
    ]),
  ) as Values;
  if (values.hash > values.application)
    throw new InputError(
      `--hash: expected at most --application, ${values.application} ms, not ${values.hash}`,
    );
  return {
    rates: rates.map((text) => number('rate', text, { min: 0.001, max: 1000, unit: 'calls a second' })),
    values,
  };
}

function parse(
  words: readonly string[],
  options: Record<string, { type: 'string' }>,
): Readonly<Record<string, string>> {
  try {
    return parseArgs({ args: [...words], options, strict: true }).values as Record<string, string>;
  } catch (error) {
    throw new InputError((error as Error).message.split('. ')[0]!.replaceAll('\n', ' '));
  }
}
