/** Places scripted calls, for `make call` and the end-to-end tests. */
import { performance } from 'node:perf_hooks';
import { CallLog } from './call-log.ts';
import type { Credentials } from './digest.ts';
import { PromptRecogniser } from './prompt-recogniser.ts';
import type { CallerIdentity } from './identity.ts';
import { Phone } from './phone.ts';
import { ScriptedCall, type CallEnd, type Leg } from './scripted-call.ts';
import { audioOf, pcma, type Codec, type Hold, type MediaLines, type RemoteMedia } from './sdp.ts';
import { SipLeg } from './sip-leg.ts';
import { parseEndpoint, type SipTransport } from './sip-socket.ts';
import type { IndexedSound } from './indexed-sound.ts';
import { loadSounds } from './sound-index.ts';
import { newMasterKey } from './srtp.ts';
import type { TranscriptEntry } from './transcript.ts';

/** The call to place. */
export interface PlaceCallOptions {
  /** Address and port of the PBX. Default `127.0.0.1:5060`. */
  readonly target?: string;
  /** Default `udp`. */
  readonly transport?: SipTransport;
  /** PEM of the authority that the PBX's certificate must come from, for TLS. */
  readonly authority?: string;
  /** Speaks SRTP, and no plain RTP. */
  readonly srtp?: boolean;
  /** The number to dial, or a whole URI. Default `19009068`. */
  readonly dial?: string;
  /** Source address of the call. Default `127.0.0.2`, the carrier's trunk; softphones use `127.0.0.1`. */
  readonly localAddress?: string;
  /** Default A-law, the codec in which recordings are recognised. */
  readonly codec?: Codec;
  /** The host that the phone takes for its own, such as an address behind a NAT. Default: the real one. */
  readonly ownHost?: string;
  /** Who is calling. */
  readonly identity: CallerIdentity;
  /** Credentials of a softphone. A trunk is identified by its address alone. */
  readonly credentials?: Credentials;
  /** Never sends an ACK, like a caller with a spoofed source address, who does not see the answer. */
  readonly isBlind?: boolean;
  /** Parameters to add to Via, such as `;maddr=192.0.2.1`. */
  readonly via?: string;
  /** What the call offers. Default: A-law and telephone events. */
  readonly media?: MediaLines;
  /** Sends keys as telephone events of this payload type, whatever was answered. */
  readonly sendsEventsAs?: number;
  /** The phone takes no sound from the beginning of the call. */
  readonly hold?: Hold;
  /** Sends no RTP but keys. */
  readonly isMute?: boolean;
  /**
   * Offers nothing in the INVITE, and answers the PBX's offer in an ACK so long after it, ms (delayed offer, RFC 3264).
   */
  readonly answersAfterMs?: number;
  /** Stays in a call whose answer lists no media for it, like a phone on a table. */
  readonly staysWithoutMedia?: boolean;
  /** Folder of the recordings to recognise, with `hotline/` and `digits/` in it; or several. */
  readonly soundsDirectory: string | readonly string[];
  /** Longest wait for the answer. Default 10,000 ms. */
  readonly answerDeadlineMs?: number;
  /** Cancels the call before the answer, hangs up after it. */
  readonly signal?: AbortSignal;
  /** Called with the whole transcript after every change. */
  readonly onChange?: (entries: readonly TranscriptEntry[]) => void;
}

/**
 * Places a call and returns once it is answered.
 *
 * ```ts
 * const call = await placeCall({ identity: { from: '0912345678' }, soundsDirectory: 'sounds/vi' });
 * await call.hears('hotline/menu');
 * await call.keys('8');
 * ```
 *
 * @throws {TargetUnavailable} when no SIP device answers at the target
 * @throws {CallRefused} when it answers with a SIP error
 * @throws {CallCancelled} when the signal is aborted or the answer deadline passes first
 */
export async function placeCall(options: PlaceCallOptions): Promise<ScriptedCall> {
  const sounds = await loadSounds(options.soundsDirectory);
  const localAddress = options.localAddress ?? '127.0.0.2';
  const { codec = pcma, isMute = false } = options;
  const masterKey = options.srtp ? newMasterKey() : undefined;
  const media = options.media ?? (masterKey && audioOf(codec, masterKey));
  const phone = await Phone.open(localAddress, { codec, isMute, ...(masterKey && { masterKey }) });
  try {
    const leg = await SipLeg.open({
      target: parseEndpoint(options.target ?? '127.0.0.1:5060'),
      localAddress,
      dial: options.dial ?? '19009068',
      identity: options.identity,
      rtpPort: phone.port,
      onMedia: (remote) => phone.move(remote),
      ...(options.codec && { codec: options.codec }),
      ...(options.transport && { transport: options.transport }),
      ...(options.ownHost !== undefined && { ownHost: options.ownHost }),
      ...(options.hold && { hold: options.hold }),
      ...(options.credentials && { credentials: options.credentials }),
      ...(options.isBlind && { isBlind: true }),
      ...(options.staysWithoutMedia && { staysWithoutMedia: true }),
      ...(options.answersAfterMs !== undefined && { answersAfterMs: options.answersAfterMs }),
      ...(options.via !== undefined && { via: options.via }),
      ...(media && { media }),
      ...(options.authority !== undefined && { authority: options.authority }),
    });
    if (options.hold) phone.hold(options.hold !== 'inactive');
    return await awaitAnswer(leg, phone, sounds, options);
  } catch (error) {
    phone.hangUp();
    throw error;
  }
}

async function awaitAnswer(
  leg: SipLeg,
  phone: Phone,
  sounds: readonly IndexedSound[],
  { answerDeadlineMs = 10_000, signal, onChange, sendsEventsAs }: PlaceCallOptions,
): Promise<ScriptedCall> {
  const deadline = AbortSignal.timeout(answerDeadlineMs);
  const answer = await leg.invite(signal ? AbortSignal.any([signal, deadline]) : deadline);
  const remote = { ...answer, ...(sendsEventsAs !== undefined && { telephoneEvent: sendsEventsAs }) };
  return startScriptedCall(leg, phone, sounds, remote, {
    ...(signal && { signal }),
    ...(onChange && { onChange }),
  });
}

/** Connects signalling, media and recogniser of a call that has just been answered. */
export function startScriptedCall(
  leg: Leg,
  phone: Phone,
  sounds: readonly IndexedSound[],
  remote: RemoteMedia,
  { signal, onChange }: Pick<PlaceCallOptions, 'signal' | 'onChange'> = {},
): ScriptedCall {
  const answeredAtMs = performance.now();
  const log = new CallLog();
  if (onChange) log.watch(() => onChange(log.entries));
  const recogniser = openRecogniser(log, sounds, answeredAtMs);
  const hangUp = () => void leg.hangUp();
  const ended = leg.ended.then(async (by): Promise<CallEnd> => {
    signal?.removeEventListener('abort', hangUp);
    await phone.hearOut(); // packets may still wait in the RTP socket when the BYE arrives
    phone.hangUp();
    recogniser.pause();
    const atMs = performance.now() - answeredAtMs;
    log.addEnded(by, atMs);
    return { by, atMs };
  });
  phone.pickUp(remote, recogniser);
  signal?.addEventListener('abort', hangUp, { once: true });
  if (signal?.aborted) hangUp();
  return new ScriptedCall({ leg, phone, log, answeredAtMs }, ended);
}

/** Opens a recogniser that writes what it hears to the log, with times in ms after the answer. */
function openRecogniser(
  log: CallLog,
  sounds: readonly IndexedSound[],
  answeredAtMs: number,
): PromptRecogniser {
  const since = (atMs: number): number => Math.max(0, atMs - answeredAtMs); // RTP may arrive before the 200
  return new PromptRecogniser(sounds, {
    heard: (name, startedAtMs) => log.addHeard(name, since(startedAtMs)),
    ended: (name, { startedAtMs, endedAtMs, complete }) =>
      log.endHeard(name, { startedAtMs: since(startedAtMs), endedAtMs: since(endedAtMs), complete }),
    unknown: (startedAtMs) => log.addUnknown(since(startedAtMs)),
  });
}
