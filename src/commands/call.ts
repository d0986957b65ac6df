/** `hotline call` (`make call`): a whole call against the running hotline, told line by line. */
import { join } from 'node:path';
import { CallCancelled, CallRefused, NothingAnswers } from '../sip-caller/call-errors.ts';
import { placeCall, type PlaceCallOptions } from '../sip-caller/caller.ts';
import { NotHeard, type ScriptedCall } from '../sip-caller/scripted-call.ts';
import {
  digitOf,
  readPromptTexts,
  renderTranscript,
  type PromptTexts,
  type TranscriptEntry,
} from '../sip-caller/transcript.ts';

/** What `hotline call` takes from its command line. */
export interface CallCommandOptions {
  /** The caller's number. Default: the first demo citizen's, 0912345678. */
  readonly from?: string;
  /** The BHXH code to key. Default: the first demo citizen's, 0123456789. */
  readonly code?: string;
  /** Keys 8 and the code at once, without listening. */
  readonly typeAhead?: boolean;
  /** Withholds the number. */
  readonly withheld?: boolean;
  /** SIP address of the hotline. Default 127.0.0.1:5060. */
  readonly target?: string;
  /** Folder of the recordings and of prompts.yaml. */
  readonly soundsDirectory: string;
  /** Takes each line of output. Default: standard output. */
  readonly write?: (line: string) => void;
}

/** No honest call takes longer; the hotline itself ends calls earlier. */
const WHOLE_CALL_MS = 5 * 60_000;

/**
 * Calls, presses 8, keys the code and listens to the end.
 *
 * @returns the exit code: 0 when a password was heard twice, both times the same, else 1
 */
export async function runCallCommand(options: CallCommandOptions): Promise<number> {
  const write =
    options.write ??
    ((line: string): void => {
      process.stdout.write(`${line}\n`);
    });
  const interrupt = new AbortController();
  const onInterrupt = (): void => {
    interrupt.abort();
  };
  process.once('SIGINT', onInterrupt);
  const signal = AbortSignal.any([interrupt.signal, AbortSignal.timeout(WHOLE_CALL_MS)]);
  try {
    const texts = await readPromptTexts(join(options.soundsDirectory, 'prompts.yaml'));
    const call = await placeCall({ ...request(options), signal, onChange: printer(texts, write) });
    await followScript(call, options);
    await call.ended;
    return verdict(call, write);
  } catch (error) {
    write(`hotline call: ${explain(error)}`);
    return 1;
  } finally {
    process.removeListener('SIGINT', onInterrupt);
  }
}

function request(options: CallCommandOptions): PlaceCallOptions {
  const { from = '0912345678', withheld = false, soundsDirectory, target } = options;
  return { identity: { from, withheld }, soundsDirectory, ...(target !== undefined && { target }) };
}

async function followScript(
  call: ScriptedCall,
  { code = '0123456789', typeAhead = false }: CallCommandOptions,
): Promise<void> {
  try {
    if (typeAhead) return await call.keys(`8${code}`);
    await call.hears('hotline/menu');
    await call.keys('8');
    await call.hears(/^hotline\/enter-code/);
    await call.keys(code);
  } catch (error) {
    if (!(error instanceof NotHeard)) throw error; // the hotline took another way: listen where it leads
  }
}

/** Prints each line as it begins, but a row of digits once it is over. */
function printer(
  texts: PromptTexts,
  write: (line: string) => void,
): (entries: readonly TranscriptEntry[]) => void {
  let printed = 0;
  return (entries) => {
    const last = entries.at(-1);
    const open = last?.kind === 'heard' && digitOf(last.name) !== undefined;
    for (const line of renderTranscript(entries, texts).slice(printed, open ? -1 : undefined)) {
      write(line);
      printed += 1;
    }
  };
}

function verdict(call: ScriptedCall, write: (line: string) => void): number {
  const [first, second, ...more] = call.digitsHeard();
  if (first === undefined) {
    const isLimited = call
      .transcript()
      .some((entry) => entry.kind === 'heard' && entry.name === 'hotline/try-later');
    write(
      `No password was heard.${isLimited ? ' A citizen gets one a minute and three a day; for more: RESETS_APART_SECONDS=0 RESETS_PER_ACCOUNT_DAY=1000 make run' : ''}`,
    );
    return 1;
  }
  if (second !== first || more.length > 0) {
    write('A password was heard, but not twice the same.');
    return 1;
  }
  write(`The new password is ${first}: heard twice, both times the same.`);
  return 0;
}

function explain(error: unknown): string {
  if (error instanceof NothingAnswers) return `${error.message}: start it with \`make run\``;
  if (error instanceof CallRefused || error instanceof CallCancelled) return error.message;
  return error instanceof Error ? error.message : String(error);
}
