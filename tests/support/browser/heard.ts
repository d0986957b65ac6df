/** What a page plays: its samples, taken by WebAudio, which has decoded them. */
import type { BrowserContext, Page } from 'playwright-core';

declare const globalThis: {
  heardSamples?: Float32Array[];
  AudioContext: new (options: object) => BrowserAudio;
  HTMLMediaElement: { prototype: { play: () => Promise<void>; srcObject: unknown } };
};

interface BrowserAudio {
  readonly destination: object;
  createMediaStreamSource(stream: unknown): { connect(to: object): void };
  createScriptProcessor(
    size: number,
    inputs: number,
    outputs: number,
  ): {
    onaudioprocess: (event: { inputBuffer: { getChannelData(channel: number): Float32Array } }) => void;
    connect(to: object): void;
  };
}

/** Keeps from now on what pages of this browser play of a call. */
export async function keepWhatIsHeard(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const { prototype } = globalThis.HTMLMediaElement;
    const { play } = prototype;
    prototype.play = function (this: typeof prototype) {
      const audio = new globalThis.AudioContext({ sampleRate: 16_000 });
      const recorder = audio.createScriptProcessor(4096, 1, 1);
      const kept: Float32Array[] = (globalThis.heardSamples = []);
      recorder.onaudioprocess = ({ inputBuffer }) => void kept.push(inputBuffer.getChannelData(0).slice());
      audio.createMediaStreamSource(this.srcObject).connect(recorder);
      recorder.connect(audio.destination);
      return play.call(this);
    };
  });
}

/** Keeps only what is played from now on. */
export async function forgetWhatWasHeard(page: Page): Promise<void> {
  await page.evaluate(() => void globalThis.heardSamples?.splice(0));
}

/** 16 kHz, as recordings have it. */
export async function samplesHeard(page: Page): Promise<Float64Array> {
  const pieces = await page.evaluate(() => (globalThis.heardSamples ?? []).map((piece) => [...piece]));
  return Float64Array.from(pieces.flat(), (sample) => sample * 32_768);
}
