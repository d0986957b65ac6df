/** One call, over Asterisk's WebSocket. */
import JsSIP from 'jssip';
import type { RTCSession } from 'jssip/lib/RTCSession.js';
import type { UA } from 'jssip/lib/UA.js';
import { endOf, type CallEnd } from '../call-end.ts';
import { hideAddresses, pointToLoopback } from '../sdp.ts';

export interface CallOptions {
  readonly server: string;
  /** Endpoint of the PBX. */
  readonly user: string;
  readonly password: string;
  /** What is sent. */
  readonly stream: MediaStream;
}

const hotline = 'sip:19009068@127.0.0.1';
/** How long a key is down, and the pause behind it, ms. */
const keyTiming = { duration: 100, interToneGap: 100 };

/** Null: Asterisk cannot be reached. */
export async function placeCall({ server, user, password, stream }: CallOptions): Promise<Call | null> {
  const agent = new JsSIP.UA({
    sockets: [new JsSIP.WebSocketInterface(server)],
    uri: `sip:${user}@127.0.0.1`,
    ...{ password, register: false, session_timers: false },
  });
  if (await connects(agent)) return new Call(agent, stream);
  agent.stop();
  return null;
}

function connects(agent: UA): Promise<boolean> {
  return new Promise((resolve) => {
    agent.on('connected', () => resolve(true));
    agent.on('disconnected', () => resolve(false));
    agent.start();
  });
}

export class Call {
  readonly answered: Promise<void>;
  readonly ended: Promise<CallEnd>;
  /** Of what is heard. */
  readonly receiver: RTCRtpReceiver;
  readonly #session: RTCSession;

  constructor(agent: UA, stream: MediaStream) {
    const session = agent.call(hotline, { mediaStream: stream, pcConfig: { iceServers: [] } });
    this.#session = session;
    session.on('sdp', (media) => {
      media.sdp =
        String(media.originator) === 'local' ? hideAddresses(media.sdp) : pointToLoopback(media.sdp);
    });
    this.answered = new Promise((resolve) => session.on('confirmed', () => resolve()));
    this.ended = new Promise<CallEnd>((resolve) => {
      for (const event of ['ended', 'failed'] as const)
        session.on(event, ({ originator, cause }) => resolve(endOf(String(originator), cause)));
    }).finally(() => agent.stop());
    // JsSIP adds the track that is sent later, and to this one. Chromium hands no packets to a transform that is
    // set after the offer.
    this.receiver = session.connection.addTransceiver('audio').receiver;
  }

  /** Sends a key by RFC 4733. */
  press(key: string): void {
    this.#session.sendDTMF(key, { ...keyTiming, transportType: JsSIP.C.DTMF_TRANSPORT.RFC2833 });
  }

  hangUp(): void {
    if (!this.#session.isEnded()) this.#session.terminate();
  }
}
