/**
 * A worker that hears the packets of a call before they are decoded, and passes them on as they are. It knows
 * the hotline as the scripted caller of `make call` does: by its recordings alone.
 */
import type { CallEvent } from '../captions.ts';
import type { SentRecording } from '../settings.ts';
import { indexSound, type IndexedSound } from '../../../src/sip-caller/indexed-sound.ts';
import { PromptRecogniser } from '../../../src/sip-caller/prompt-recogniser.ts';

/**
 * So long without a packet is a pause, ms: Asterisk sends none between two recordings. What a busy machine holds up
 * is none.
 */
const pauseMs = 1000;

/** Of a worker's global scope, which TypeScript has in another library than the page's. */
interface Ear {
  onrtctransform: (event: { readonly transformer: Transformer }) => void;
  postMessage(event: CallEvent): void;
}
interface Transformer {
  readonly readable: ReadableStream<RTCEncodedAudioFrame>;
  readonly writable: WritableStream<RTCEncodedAudioFrame>;
}
const self = globalThis as unknown as Ear;

self.onrtctransform = ({ transformer: { readable, writable } }) => void hear(readable, writable);

/** What callers hear now: an admin may have put another recording live since the last call. */
async function loadSounds(): Promise<IndexedSound[]> {
  const recordings = (await (await fetch('/phone/recordings')).json()) as SentRecording[];
  return recordings
    .map(({ name, alaw }) =>
      indexSound(
        name,
        Uint8Array.from(atob(alaw), (char) => char.charCodeAt(0)),
      ),
    )
    .filter(({ audible }) => audible);
}

async function hear(
  readable: ReadableStream<RTCEncodedAudioFrame>,
  writable: WritableStream<RTCEncodedAudioFrame>,
): Promise<void> {
  const recogniser = loadSounds().then((known) => new PromptRecogniser(known, listener));
  let pause: ReturnType<typeof setTimeout> | undefined;
  let before: number | undefined;
  const listen = new TransformStream<RTCEncodedAudioFrame, RTCEncodedAudioFrame>({
    transform(frame, controller) {
      const payload = new Uint8Array(frame.data.slice(0));
      const { sequenceNumber = 0 } = frame.getMetadata();
      const lost = before === undefined ? 0 : (sequenceNumber - before - 1) & 0xffff;
      const packet = { payload, arrivedAtMs: performance.now(), lost, first: before === undefined };
      before = sequenceNumber;
      controller.enqueue(frame);
      void recogniser.then((one) => {
        one.hear(packet);
        clearTimeout(pause); // here: several packets may have waited for the recordings
        pause = setTimeout(() => one.pause(), pauseMs);
      });
    },
  });
  await readable.pipeThrough(listen).pipeTo(writable);
}

const listener = {
  heard: (name: string) => self.postMessage({ kind: 'heard', name }),
  ended: (name: string, { complete }: { complete: boolean }) =>
    self.postMessage({ kind: 'ended', name, complete }),
  unknown: () => self.postMessage({ kind: 'unknown' }),
};
