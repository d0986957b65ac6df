/** The answer as Markdown: what the rates need, what is full first, and what all of it was reckoned from. */
import {
  describeInputs,
  readQuestion,
  shownRates,
  type InputName,
  type Inputs,
  type Question,
} from './inputs.ts';
import { limitsOf } from './limits.ts';
import { readMeasured } from './measured.ts';
import { needsOf, type Needs } from './needs.ts';

/** Of a figure to three digits: no more is known of any. */
function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString('en-US', { maximumFractionDigits: 3 });
}

function bytes(count: number): string {
  return count >= 1e12 ? `${figure(count / 1e12)} TB` : `${figure(count / 1e9)} GB`;
}

function vnd(amount: number): string {
  if (!Number.isFinite(amount)) return 'not known';
  return amount >= 1e9 ? `${figure(amount / 1e9)} billion` : `${figure(amount / 1e6)} million`;
}

const memory = (mb: number) => (mb >= 1024 ? `${figure(mb / 1024)} GB` : `${figure(mb)} MB`);

/** What is needed, line by line. */
const rows: readonly (readonly [what: string, of: (needs: Needs) => string])[] = [
  ['calls a day', ({ callsADay }) => figure(callsADay)],
  ['calls a year, every day like this', ({ callsAYear }) => figure(callsAYear)],
  ['calls at once, on average', ({ erlangs }) => figure(erlangs)],
  ['**trunk channels**', ({ lines }) => lines.toLocaleString('en-US')],
  ['**processors** in all', ({ processors }) => figure(processors.all)],
  ['… of Asterisk', ({ processors }) => figure(processors.asterisk)],
  ['… of the application', ({ processors }) => figure(processors.eventLoop)],
  ['… of its hashes', ({ processors }) => figure(processors.hash)],
  ['… of the database', ({ processors }) => figure(processors.database)],
  ['application processes, each with an Asterisk', ({ processes }) => figure(processes)],
  ['**memory** of all Asterisks, every channel taken', (needs) => memory(needs.memory.asterisk)],
  ['… of all applications', (needs) => memory(needs.memory.application)],
  ['**RTP**, each way', ({ megabits, packets }) => `${figure(megabits.ethernet)} Mbit/s, ${figure(packets)} packets/s`], // prettier-ignore
  ['… without Ethernet', ({ megabits }) => `${figure(megabits.ip)} Mbit/s`],
  ['**database**: statements a second', ({ statements }) => figure(statements)],
  ['… writes to its log a second, each synced', ({ logWrites, logKib }) => `${figure(logWrites)}, ${figure(logKib)} KiB`], // prettier-ignore
  ['… connections in use', ({ connections }) => figure(connections)],
  ['… the registry', (needs) => bytes(needs.bytes.registry)],
  ['… what a year adds to the audit log', (needs) => bytes(needs.bytes.year)],
  ['… what is kept of the last days', (needs) => bytes(needs.bytes.recent)],
  ['**VND** of callers in the busy hour', (needs) => vnd(needs.vnd.hour)],
  ['… of callers in a year', (needs) => vnd(needs.vnd.year)],
  ['… of trunk channels in a year', (needs) => vnd(needs.vnd.lines)],
  ['… of messages in a year', (needs) => vnd(needs.vnd.messages)],
];

export function needsTable({ rates, values }: Question): string {
  const needs = rates.map((rate) => needsOf(rate, values));
  return table(
    ['calls a second', ...rates.map(String)],
    rows.map(([what, of]) => [what, ...needs.map(of)]),
  );
}

/** What a machine as shipped suffices for, what is full first on top. */
export function limitsTable({ rates, values }: Question): string {
  return table(
    ['limit', 'as shipped', 'change', 'suffices for', ...rates.map((rate) => `at ${rate}`)],
    limitsOf(values).map(({ what, shipped, change, rate }) => [
      ...[what, shipped, change, `${figure(rate)} a second`],
      ...rates.map((asked) => (asked <= rate ? 'suffices' : `${figure(asked / rate)} × over`)),
    ]),
  );
}

export function inputsTable(inputs: Inputs, { values }: Pick<Question, 'values'>): string {
  return table(
    ['option', 'value', 'what', 'from'],
    (Object.keys(inputs) as InputName[]).map((name) => {
      const { unit, means, default: usual, source } = inputs[name];
      const value = values[name];
      const isGiven = !Object.is(value, usual);
      const shown = Number.isNaN(value) ? 'not known' : `${value.toLocaleString('en-US')} ${unit}`.trimEnd();
      return [`\`--${name}\``, shown, means, isGiven ? 'you' : source];
    }),
  );
}

/** The parts of docs/capacity.md. */
export const capacityTables: Readonly<Record<'needs' | 'limits' | 'inputs', () => Promise<string>>> = {
  needs: async () => needsTable(readQuestion([], describeInputs(await readMeasured()))),
  limits: async () => limitsTable(readQuestion([], describeInputs(await readMeasured()))),
  inputs: async () => {
    const inputs = describeInputs(await readMeasured());
    return inputsTable(inputs, readQuestion([], inputs));
  },
};

/** All of it, for a terminal. */
export function answer(inputs: Inputs, question: Question): string {
  return [
    needsTable(question),
    'What is full first on a machine as shipped:',
    limitsTable(question),
    `Reckoned from (\`--rate ${shownRates.join(',')}\` and these):`,
    inputsTable(inputs, question),
    '',
  ].join('\n\n');
}

function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`);
  return lines.join('\n');
}
