/** The tones of the keys in audio, for a call without telephone events (ITU-T Q.23). */
import { packetSamples } from './packet-length.ts';

const rows = [697, 770, 852, 941];
const columns = [1209, 1336, 1477];
const keypad = ['123', '456', '789', '*0#'];
const sampleRate = 8000;
/** Of each of the two tones: about -9 dBm0 together. */
const amplitude = 5600;

/**
 * One packet of a key's tone in A-law, so that the packets of one key join without a click.
 *
 * @param packet counts from 0 at key-down
 */
export function keyTone(key: string, packet: number): Buffer {
  const row = keypad.findIndex((keys) => keys.includes(key));
  const [low = 0, high = 0] = [rows[row], columns[keypad[row]?.indexOf(key) ?? 0]];
  return Buffer.from(
    Array.from({ length: packetSamples }, (_, sample) => {
      const seconds = (packet * packetSamples + sample) / sampleRate;
      const wave = Math.sin(2 * Math.PI * low * seconds) + Math.sin(2 * Math.PI * high * seconds);
      return toALaw(Math.round(amplitude * wave));
    }),
  );
}

/** A 16-bit sample in A-law (ITU-T G.711). */
function toALaw(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample) >> 4, 0x7ff);
  const segment = Math.max(0, Math.floor(Math.log2(magnitude || 1)) - 4);
  const step = segment === 0 ? magnitude >> 1 : (magnitude >> segment) & 0x0f;
  return (sign | (segment << 4) | (step & 0x0f)) ^ 0x55;
}
