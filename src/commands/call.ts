/**
 * `hotline call` (`make call`): a whole call against the running hotline, printed line by line. Exit
 * codes: 0 a password was heard twice, both times the same, or another key of the menu led somewhere; 1 not.
 */
import { join } from 'node:path';
import type { PlaceCallOptions } from '../sip-caller/caller.ts';
import type { ScriptedCall } from '../sip-caller/scripted-call.ts';
import type { PromptTexts, TranscriptEntry } from '../sip-caller/transcript.ts';
import { documentPath, isInstalled } from '../installation.ts';
import { HotlineCommand } from './hotline-command.ts';
import { OptionError } from './option-error.ts';
import { jsonOption, print, printReport } from './print.ts';
import { withProgress } from './progress.ts';
import { readSettings } from '../config.ts';
import { soundsDirectory } from '../recordings/sounds-directory.ts';
import { reportCall, sayKey, sayPassword } from './call-verdict.ts';

/** What `hotline call` takes from its command line. */
interface CallOptions {
  /** The caller's number. Default: the first demo citizen's, 0912345678. */
  readonly from?: string;
  /** The BHXH code to key. Default: the first demo citizen's, 0123456789. */
  readonly code?: string;
  /** The key pressed in the menu. Behind another than 8 no code is keyed. Default 8. */
  readonly key?: string;
  /** Keys 8 and the code, or the other key, at once, without listening. */
  readonly typeAhead?: boolean;
  /** Withholds the number. */
  readonly withheld?: boolean;
  /** SIP address of the hotline. Default 127.0.0.1:5060. */
  readonly target?: string;
  readonly json?: boolean;
}

const callSettings = ['RECORDINGS_DIRECTORY'] as const;

/** Tests replace the recordings and the output. */
export interface RunCallOptions extends CallOptions {
  /** Folder of the recordings and of prompts.yaml. */
  readonly soundsDirectory: string;
  /** `RECORDINGS_DIRECTORY`, whose live recordings are recognised as well; undefined: there is no store. */
  readonly store?: string;
  /** Takes each line of output. */
  readonly write: (line: string) => void;
  /** Takes what came of it, for programs. */
  readonly report?: (report: Readonly<Record<string, unknown>>) => void;
}

/** Where its calls come from: in the files of `make run` a carrier's. */
const trunkAddress = '127.0.0.2';
/** No honest call takes longer; the hotline itself ends calls earlier. */
const wholeCallMs = 5 * 60_000;

export function callCommand(): HotlineCommand {
  const command = new HotlineCommand('call', callSettings);
  command
    .summary('place a call and print what is heard')
    .description('place a call to a running hotline and print what is heard')
    .option('--from <number>', `the caller's number${demo('0912345678')}`)
    .option('--code <digits>', `the code to key${demo('0123456789')}`, readKeys)
    .option('--key <key>', 'press another key of the menu than 8, and listen', readKey)
    .option('--type-ahead', 'press the keys at once, without listening for the menu')
    .option('--withheld', 'withhold the number')
    .option('--target <host:port>', 'where the hotline answers (default: 127.0.0.1:5060)', readTarget)
    .option(...jsonOption)
    .example(
      'hotline call --from 0912345678 --code 0123456789',
      'call as this citizen; their password changes',
    )
    .example(
      'hotline call --from 0912345678 --code 0123456789 --target 192.0.2.10:5060',
      'call an Asterisk on another machine',
    )
    .action(async (options: CallOptions) => {
      if (isInstalled) requireAccount(options);
      const { RECORDINGS_DIRECTORY: store } = readSettings(callSettings);
      const output =
        options.json === true ? { write: () => undefined, report: printReport } : { write: print };
      process.exitCode = await runCall({ ...options, soundsDirectory, store, ...output });
    });
  return command;
}

/** The demo citizens are those of `make run`; elsewhere their numbers may be somebody's. */
function demo(value: string): string {
  return isInstalled ? '' : ` (default: ${value})`;
}

/** @throws OptionError */
function requireAccount({ from, withheld, code, key }: CallOptions): void {
  if ((from ?? withheld) !== undefined && (code ?? key) !== undefined) return;
  throw new OptionError(
    '--from and --code: expected the number and the code of an account of yours, whose password the call changes',
  );
}

/** @throws OptionError */
function readKeys(text: string): string {
  if (!/^[0-9*#]+$/.test(text)) throw new OptionError('--code: expected keys 0 to 9, * or #');
  return text;
}

/** @throws OptionError */
function readKey(text: string): string {
  if (!/^[0-79]$/.test(text)) throw new OptionError('--key: expected a key of the menu, 0 to 7 or 9');
  return text;
}

/** @throws OptionError */
function readTarget(text: string): string {
  if (!/^[^\s:]+(?::\d{1,5})?$/.test(text))
    throw new OptionError('--target: expected host or host:port, for example 127.0.0.1:5060');
  return text;
}

/** Calls, presses 8, keys the code and listens to the end; or presses another key. Returns the exit code. */
export async function runCall(options: RunCallOptions): Promise<number> {
  const { soundsDirectory: directory, store } = options;
  let said = '';
  const write = (line: string) => options.write((said = line));
  const [{ placeCall }, { readPromptTexts }, { whatIsLive }] = await Promise.all([
    import('../sip-caller/caller.ts'),
    import('../sip-caller/transcript.ts'),
    import('../recordings/own/what-is-live.ts'),
  ]);
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  process.once('SIGINT', onInterrupt);
  const signal = AbortSignal.any([interrupt.signal, AbortSignal.timeout(wholeCallMs)]);
  try {
    const texts = await readPromptTexts(join(directory, 'prompts.yaml'));
    const live = store === undefined ? undefined : await whatIsLive({ directory: store, program: directory });
    for (const sound of live?.older ?? []) {
      write(`${sound}: callers hear it as it was, until the application is restarted`);
      texts.delete(sound);
    }
    const onChange = await transcriptPrinter(texts, write);
    const call = await withProgress('calling', () =>
      placeCall({ ...request(options, live?.folder), signal, onChange }),
    );
    await followScript(call, options);
    await call.ended;
    const exitCode = options.key === undefined ? sayPassword(call, write) : sayKey(options.key, call, write);
    options.report?.(reportCall(call, said, exitCode));
    return exitCode;
  } catch (error) {
    write(`hotline call: ${await explain(error)}`);
    options.report?.(reportCall(null, said, 1));
    return 1;
  } finally {
    process.removeListener('SIGINT', onInterrupt);
  }
}

function request(options: RunCallOptions, live: string | undefined): PlaceCallOptions {
  const { from = '0912345678', withheld = false, soundsDirectory: directory, target } = options;
  return {
    identity: { from, withheld },
    localAddress: trunkAddress,
    soundsDirectory: live === undefined ? directory : [live, directory],
    ...(target !== undefined && { target }),
  };
}

async function followScript(
  call: ScriptedCall,
  { key = '8', code = '0123456789', typeAhead = false }: CallOptions,
): Promise<void> {
  const { NotHeard } = await import('../sip-caller/scripted-call.ts');
  try {
    if (typeAhead) return await call.keys(key === '8' ? `8${code}` : key);
    await call.hears('hotline/menu');
    await call.keys(key);
    if (key !== '8') return;
    await call.hears(/^hotline\/enter-code/);
    await call.keys(code);
  } catch (error) {
    if (!(error instanceof NotHeard)) throw error; // the hotline took another way: listen where it leads
  }
}

/** Prints each line as it begins, but a row of digits once it is over. */
async function transcriptPrinter(
  texts: PromptTexts,
  write: (line: string) => void,
): Promise<(entries: readonly TranscriptEntry[]) => void> {
  const { digitOf, renderTranscript } = await import('../sip-caller/transcript.ts');
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

async function explain(error: unknown): Promise<string> {
  const { CallRefused, TargetUnavailable } = await import('../sip-caller/call-errors.ts');
  if (error instanceof TargetUnavailable)
    return `${error.message}: ${isInstalled ? 'name where Asterisk takes calls by --target' : 'start it with `make run`'}`;
  if (error instanceof CallRefused && [401, 407].includes(error.status))
    return `${error.message}: Asterisk knows no trunk at the address of this caller; add ${trunkAddress} to "match" of your carrier's identify in pjsip.conf, then run hotline pbx reload (${documentPath('admin.md')}, step 8)`;
  return error instanceof Error ? error.message : String(error);
}
