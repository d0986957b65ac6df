/** Places a scripted call: what `make call` and the end-to-end tests drive the hotline with. */
import { performance } from 'node:perf_hooks';
import { CallLog } from './call-log.ts';
import type { Credentials } from './digest.ts';
import { PromptRecogniser } from './prompt-recogniser.ts';
import type { CallerIdentity } from './identity.ts';
import { Phone } from './phone.ts';
import { ScriptedCall, type CallEnd, type Leg } from './scripted-call.ts';
import type { RemoteMedia } from './sdp.ts';
import { SipLeg } from './sip-leg.ts';
import { parseEndpoint } from './sip-socket.ts';
import { loadSounds, type IndexedSound } from './sound-index.ts';
import type { TranscriptEntry } from './transcript.ts';

/** A call to be placed. */
export interface PlaceCallOptions {
  /** Who answers: address and UDP port. Default `127.0.0.1:5060`. */
  readonly target?: string;
  /** Number to dial. Default `19009068`. */
  readonly dial?: string;
  /** Address the call comes from. Default `127.0.0.2`, the carrier's trunk; softphones use `127.0.0.1`. */
  readonly localAddress?: string;
  /** Who calls. */
  readonly identity: CallerIdentity;
  /** What a softphone logs in with. A trunk is known by its address alone. */
  readonly credentials?: Credentials;
  /** Calls under somebody else's address, and so never acknowledges the answer. */
  readonly isBlind?: boolean;
  /** Parameters added to Via, such as `;maddr=192.0.2.1`. */
  readonly via?: string;
  /** Recordings the caller can recognise: the folder holding `hotline/` and `digits/`. */
  readonly soundsDirectory: string;
  /** Longest wait for the answer. Default 10,000 ms. */
  readonly answerDeadlineMs?: number;
  /** Gives the call up before the answer, hangs up after it. */
  readonly signal?: AbortSignal;
  /** Called with the whole transcript after each change. */
  readonly onChange?: (entries: readonly TranscriptEntry[]) => void;
}

/**
 * Calls and returns once the call is answered.
 *
 * ```ts
 * const call = await placeCall({ identity: { from: '0912345678' }, soundsDirectory: 'sounds/vi' });
 * await call.hears('hotline/menu');
 * await call.keys('8');
 * ```
 *
 * @throws {TargetUnavailable} when no SIP device is there
 * @throws {CallRefused} when it answers with an error
 * @throws {CallCancelled} when the signal or the answer deadline comes first
 */
export async function placeCall(options: PlaceCallOptions): Promise<ScriptedCall> {
  const sounds = await loadSounds(options.soundsDirectory);
  const localAddress = options.localAddress ?? '127.0.0.2';
  const phone = await Phone.open(localAddress);
  try {
    const leg = await SipLeg.open({
      target: parseEndpoint(options.target ?? '127.0.0.1:5060'),
      localAddress,
      dial: options.dial ?? '19009068',
      identity: options.identity,
      rtpPort: phone.port,
      onMedia: (remote) => {
        phone.move(remote);
      },
      ...(options.credentials && { credentials: options.credentials }),
      ...(options.isBlind && { isBlind: true }),
      ...(options.via !== undefined && { via: options.via }),
    });
    return await answered(leg, phone, sounds, options);
  } catch (error) {
    phone.hangUp();
    throw error;
  }
}

async function answered(
  leg: SipLeg,
  phone: Phone,
  sounds: readonly IndexedSound[],
  { answerDeadlineMs = 10_000, signal, onChange }: PlaceCallOptions,
): Promise<ScriptedCall> {
  const deadline = AbortSignal.timeout(answerDeadlineMs);
  const remote = await leg.invite(signal ? AbortSignal.any([signal, deadline]) : deadline);
  return inProgress(leg, phone, sounds, remote, { ...(signal && { signal }), ...(onChange && { onChange }) });
}

/** Joins the signalling, the media and the recogniser of a call that has just been answered. */
export function inProgress(
  leg: Leg,
  phone: Phone,
  sounds: readonly IndexedSound[],
  remote: RemoteMedia,
  { signal, onChange }: Pick<PlaceCallOptions, 'signal' | 'onChange'> = {},
): ScriptedCall {
  const answeredAtMs = performance.now();
  const log = new CallLog();
  if (onChange)
    log.watch(() => {
      onChange(log.entries);
    });
  const recogniser = recogniserInto(log, sounds, answeredAtMs);
  const hangUp = (): void => {
    void leg.hangUp();
  };
  const ended = leg.ended.then(async (by): Promise<CallEnd> => {
    signal?.removeEventListener('abort', hangUp);
    await phone.hearOut(); // the BYE may have overtaken packets that wait in the other socket
    phone.hangUp();
    recogniser.pause();
    const atMs = performance.now() - answeredAtMs;
    log.ended(by, atMs);
    return { by, atMs };
  });
  phone.pickUp(remote, recogniser);
  signal?.addEventListener('abort', hangUp, { once: true });
  if (signal?.aborted) hangUp();
  return new ScriptedCall({ leg, phone, log, answeredAtMs }, ended);
}

/** An recogniser that writes what it hears into a log, in ms after the answer. */
function recogniserInto(
  log: CallLog,
  sounds: readonly IndexedSound[],
  answeredAtMs: number,
): PromptRecogniser {
  const since = (atMs: number): number => Math.max(0, atMs - answeredAtMs); // RTP may overtake the 200
  return new PromptRecogniser(sounds, {
    heard: (name, startedAtMs) => {
      log.heard(name, since(startedAtMs));
    },
    ended: (name, { startedAtMs, endedAtMs, complete }) => {
      log.heardEnd(name, { startedAtMs: since(startedAtMs), endedAtMs: since(endedAtMs), complete });
    },
    unknown: (startedAtMs) => {
      log.unknown(since(startedAtMs));
    },
  });
}
