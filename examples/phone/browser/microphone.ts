/** The sound that the page sends: the microphone's, or silence. */

export interface OwnSound {
  readonly stream: MediaStream;
  readonly microphone: 'asked' | 'refused' | 'missing';
  readonly close: () => void;
}

/** Never fails: without a microphone the call goes on with silence, since no call is without a stream. */
export async function openMicrophone(): Promise<OwnSound> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    return { stream, microphone: 'asked', close: () => stream.getTracks().forEach((track) => track.stop()) };
  } catch (error) {
    const isRefused = error instanceof DOMException && error.name === 'NotAllowedError';
    return { ...openSilence(), microphone: isRefused ? 'refused' : 'missing' };
  }
}

function openSilence(): Pick<OwnSound, 'stream' | 'close'> {
  const context = new AudioContext();
  const silence = context.createConstantSource();
  silence.offset.value = 0;
  // Without a source nothing at all would be sent, and no keys either.
  const destination = context.createMediaStreamDestination();
  silence.connect(destination);
  silence.start();
  return { stream: destination.stream, close: () => void context.close() };
}
