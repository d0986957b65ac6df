/** Sound as samples of 16 kHz, from recordings of any format and from the packets of a G.722 call. */
import { runTool } from '../../../src/recordings/run-tool.ts';
import { G722Decoder } from './g722-decoder.ts';

export const samplesPerMs = 16;

/** How sox must be told of files without a header, by their ending. */
const headerless: Readonly<Record<string, readonly string[]>> = {
  '.alaw': ['-t', 'al', '-r', '8000', '-c', '1'],
  '.sln16': ['-t', 's16', '-r', '16000', '-c', '1'],
};

/** Reads a recording in mono: `.alaw`, `.sln16` or `.wav`, also one whose header was not finished. */
export async function samplesOf(file: string): Promise<Float64Array> {
  const ending = file.slice(file.lastIndexOf('.'));
  const input = [...(headerless[ending] ?? ['--ignore-length']), file];
  const bytes = await runTool('sox', ['-V1', '-D', ...input, '-t', 's16', '-r', '16000', '-c', '1', '-']);
  return Float64Array.from(new Int16Array(new Uint8Array(bytes).buffer));
}

/** What the one decoder of a phone makes of all packets of a G.722 call. */
export function decodeG722(packets: readonly Uint8Array[]): Float64Array {
  const decoder = new G722Decoder();
  return Float64Array.from(packets.flatMap((packet) => [...decoder.decode(packet)]));
}
