import { join } from 'node:path';
import { trim } from './finish.ts';
import { runTool, ToolFailed } from './run-tool.ts';
import type { ScriptEntry, Voice } from './script.ts';
import { clarify, readWav, stretch, wideRate } from './sox.ts';

/**
 * Speaks an entry with espeak-ng and trims its edges. Digits are slower and stretched into the
 * voice's `digitMs`, so that callers have time to write down short ones too.
 *
 * @param workDirectory folder for a temporary WAV
 * @returns wideband samples
 * @throws {ToolFailed} when nothing audible came of it
 */
export async function synthesise(
  entry: ScriptEntry,
  voice: Voice,
  workDirectory: string,
): Promise<Float32Array> {
  const digit = entry.name.startsWith('digits/');
  const speed = entry.speed ?? (digit ? voice.digitSpeed : voice.speed);
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
  await runTool('espeak-ng', args, new TextEncoder().encode(entry.spoken ?? entry.text ?? ''));
  const speech = trim(await clarify(await readWav(wav)), wideRate);
  if (!speech)
    throw new ToolFailed(
      `espeak-ng produced no audible sound for prompt "${entry.name}": change its text or spoken`,
    );
  return digit ? fitDigit(speech, voice.digitMs) : speech;
}

async function fitDigit(
  speech: Float32Array,
  [shortest, longest]: readonly [number, number],
): Promise<Float32Array> {
  const lengthMs = (speech.length * 1000) / wideRate;
  const wantedMs = Math.min(longest, Math.max(shortest, lengthMs));
  return wantedMs === lengthMs ? speech : stretch(speech, wantedMs / lengthMs);
}
