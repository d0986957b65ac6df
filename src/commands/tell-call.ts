/** A simulated call in words, as it happens and when it has ended. */
import { join } from 'node:path';
import { soundsDirectory } from '../recordings/sounds-directory.ts';
import { formatTime, readPromptTexts, type PromptTexts } from '../sip-caller/transcript.ts';
import type { CallEvent, EndedBy } from '../simulation/call-events.ts';
import type { KeyedCaller } from '../simulation/keyed-caller.ts';
import type { CallReport } from '../simulation/simulate-call.ts';

const endings: Readonly<Record<EndedBy, string>> = {
  caller: 'the caller hung up',
  hotline: 'the hotline hung up',
  operator: 'passed on to the operator, who is not simulated',
  dialplan: 'passed on to your own steps of the dialplan, which are not simulated',
  pbx: 'the PBX no longer has the channel',
};

/** Writes events as lines; what is heard digit by digit and keyed key by key grows in its line. */
export class CallTeller {
  readonly #texts: PromptTexts;
  readonly #write: (text: string) => void;
  /** What the line that has no end yet is of. */
  #open: 'digits' | 'keys' | undefined;
  #pauses = 0;
  /** Pauses between two digits of a group. */
  #pausesWithin: number | undefined;

  constructor(texts: PromptTexts, write: (text: string) => void) {
    this.#texts = texts;
    this.#write = write;
  }

  readonly tell = (event: CallEvent): void => {
    switch (event.kind) {
      case 'heard':
        return this.#tellSound(event);
      case 'keyed':
        return this.#grow('keys', event.atMs, 'keyed', '', event.keys);
      case 'trouble':
        return this.#line(event.atMs, `trouble  ${event.what}`);
      case 'ended':
        return this.#line(event.atMs, `ended  ${endings[event.by]}`);
    }
  };

  #tellSound({ atMs, sound, lengthMs }: Extract<CallEvent, { kind: 'heard' }>): void {
    if (sound === 'hotline/silence') return;
    if (sound === 'hotline/pause') return void this.#pauses++;
    const pauses = this.#pauses;
    this.#pauses = 0;
    if (sound.startsWith('digits/')) {
      return this.#tellDigit(atMs, sound.slice('digits/'.length), pauses);
    }
    const text = this.#texts.get(sound);
    this.#line(atMs, `heard  ${sound}${text ? `  «${text}»` : ''}  (${(lengthMs / 1000).toFixed(1)} s)`);
  }

  #tellDigit(atMs: number, digit: string, pauses: number): void {
    if (this.#open !== 'digits') this.#pausesWithin = undefined;
    else this.#pausesWithin ??= pauses;
    // Between groups the pause is longer.
    const between = pauses > (this.#pausesWithin ?? pauses) ? ' · ' : ' ';
    this.#grow('digits', atMs, 'heard  digits', between, digit);
  }

  #grow(what: 'digits' | 'keys', atMs: number, begins: string, between: string, piece: string): void {
    if (this.#open === what) return this.#write(`${between}${piece}`);
    this.#close();
    this.#write(`${formatTime(atMs)}  ${begins}  ${piece}`);
    this.#open = what;
  }

  #line(atMs: number, words: string): void {
    this.#close();
    this.#write(`${formatTime(atMs)}  ${words}\n`);
  }

  #close(): void {
    if (this.#open !== undefined) this.#write('\n');
    this.#open = undefined;
  }
}

/** Tells a call in the words of this installation's recordings. */
export async function openTeller(write: (text: string) => void): Promise<CallTeller> {
  return new CallTeller(await readPromptTexts(join(soundsDirectory, 'prompts.yaml')), write);
}

/** What came of a call, a line each. */
export function describeReport(report: CallReport): string[] {
  const { branch, verdict, outcome, reason, reset, seconds, vnd, invariants } = report;
  const came =
    outcome === null
      ? 'none: the call reached no branch of the application'
      : `${outcome}: ${reason}; branch ${branch}, number ${verdict ?? 'not looked at'}`;
  return [
    `outcome   ${came}`,
    `reset     ${reset ?? 'none was prepared'}`,
    `password  ${describePassword(report)}`,
    `length    ${seconds.toFixed(1)} s, ${vnd.toLocaleString('en')} VND`,
    ...invariants.map(({ name, holds, what }) => `${holds ? 'holds ' : 'BROKEN'}    ${name}: ${what}`),
  ];
}

/** Says on standard error that keys were left over, as those behind a prompt that was never said. */
export function tellUnpressed({ left }: KeyedCaller): void {
  if (left !== '')
    process.stderr.write(`never pressed: ${left} (the call had ended, or that prompt was not said)\n`);
}

/** The one that was read whole; null without. */
export function passwordHeard({ readings }: CallReport): string | null {
  return readings.find(({ isWhole }) => isWhole)?.digits ?? null;
}

function describePassword(report: CallReport): string {
  const heard = passwordHeard(report);
  if (report.reset === 'activated')
    return `${heard ?? 'one that was not heard whole'} opens the account, which is simulated, and nothing else`;
  return heard === null
    ? 'none was heard to its end; the old one holds'
    : `${heard} was heard to its end, and the old one holds`;
}

/** The report of `--json`; its names are in docs/commands.md. */
export function reportForPrograms(report: CallReport): Readonly<Record<string, unknown>> {
  const { readings, invariants, events, ...facts } = report;
  return {
    ...facts,
    password: passwordHeard({ ...report, readings }),
    kept: invariants.every(({ holds }) => holds),
    invariants,
    timeline: events,
  };
}
