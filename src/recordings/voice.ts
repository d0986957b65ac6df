import { join } from 'node:path';
import { trim } from './finish.ts';
import { runTool, ToolFailed } from './run-tool.ts';
import { isDigit, type ScriptEntry, type Voice } from './script.ts';
import { clarify, readWav, stretch, wideRate } from './sox.ts';

/**
 * The espeak-ng with which the recordings of this repository were made: that of Debian 12. Another version says
 * some words otherwise (docs/adr/0045-words-and-recordings.md).
 */
export const referenceVoice = 'espeak-ng 1.51';

/** The version that is installed, in the form of {@link referenceVoice}. @throws {ToolUnavailable} */
export async function installedVoice(): Promise<string> {
  const said = (await runTool('espeak-ng', ['--version'])).toString();
  const version = /text-to-speech: (\d[\d.]*)/.exec(said)?.[1];
  if (version === undefined)
    throw new ToolFailed(
      `espeak-ng --version names no version, but "${said.trim()}": install espeak-ng anew`,
    );
  return `espeak-ng ${version}`;
}

/**
 * Speaks an entry with espeak-ng and trims its edges. Digits are slower and stretched into the
 * voice's `digitMs`, so that callers have time to write down short ones too.
 *
 * @param words what the voice is given to say
 * @param workDirectory folder for a temporary WAV
 * @returns wideband samples
 * @throws {ToolFailed} when nothing audible came of it
 */
export async function synthesise(
  entry: ScriptEntry,
  words: string,
  voice: Voice,
  workDirectory: string,
): Promise<Float32Array> {
  const speed = entry.speed ?? (isDigit(entry) ? voice.digitSpeed : voice.speed);
  const wav = join(workDirectory, `${entry.name.replace('/', '-')}.wav`);
  const args = [
    '-v',
    voice.name,
    '-s',
    String(speed),
    '-p',
    String(voice.pitch),
    '-b',
    '1',
    '-w',
    wav,
    '--stdin',
  ];
  await runTool('espeak-ng', args, new TextEncoder().encode(words));
  const speech = trim(await clarify(await readWav(wav)), wideRate);
  if (!speech)
    throw new ToolFailed(`espeak-ng produced no audible sound for prompt "${entry.name}": change its text`);
  return isDigit(entry) ? fitDigit(speech, voice.digitMs) : speech;
}

async function fitDigit(
  speech: Float32Array,
  [shortest, longest]: readonly [number, number],
): Promise<Float32Array> {
  const lengthMs = (speech.length * 1000) / wideRate;
  const wantedMs = Math.min(longest, Math.max(shortest, lengthMs));
  return wantedMs === lengthMs ? speech : stretch(speech, wantedMs / lengthMs);
}
