/** Hands the packets of the call's sound to the worker that recognises recordings in them (ear.ts). */
import type { CallEvent } from '../captions.ts';

export const canListen = 'RTCRtpScriptTransform' in globalThis;

let ear: Worker | undefined;

/** From now on `note` hears of each recording that is heard, until the next call. */
export function listenTo(receiver: RTCRtpReceiver, note: (event: CallEvent) => void): void {
  if (!canListen) return;
  ear ??= new Worker('/phone/ear.js');
  ear.onmessage = ({ data }: MessageEvent<CallEvent>) => note(data);
  receiver.transform = new RTCRtpScriptTransform(ear);
}
