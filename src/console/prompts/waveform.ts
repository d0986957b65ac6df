/** A recording as a picture, to compare one with another. */
import { peaksOf } from '../../recordings/own/listen.ts';
import { html, type Content } from '../html.ts';

const columns = 200;
const height = 48;

/** @param samples signed, 16 bits, 16 kHz; @param longestMs the width of the picture, so that pictures of one page compare */
export function renderWaveform(samples: Buffer, lengthMs: number, longestMs: number, label: string): Content {
  const count = Math.max(1, Math.round((columns * lengthMs) / Math.max(lengthMs, longestMs)));
  const bars = peaksOf(samples, count)
    .map((peak, at) => {
      const half = Math.max(0.5, (peak * height) / 2);
      return `M${at} ${(height / 2 - half).toFixed(1)}V${(height / 2 + half).toFixed(1)}`;
    })
    .join('');
  return html`
    <svg class="waveform" viewBox=${`-1 0 ${columns + 2} ${height}`} role="img" aria-label=${label}>
      <path d=${bars} />
    </svg>
  `;
}
