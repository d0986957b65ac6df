/** What one outgoing call of the SIP caller is placed with. */
import type { Credentials } from './digest.ts';
import type { CallerIdentity } from './identity.ts';
import type { Codec, Hold, MediaLines, RemoteMedia } from './sdp.ts';
import type { Endpoint, SipTransport } from './sip-socket.ts';

/** What a leg needs to place a call. */
export interface SipLegOptions {
  readonly target: Endpoint;
  /** Default `udp`. */
  readonly transport?: SipTransport;
  /** PEM of the authority that the PBX's certificate must come from, for TLS. */
  readonly authority?: string;
  /** Source address of the call, one of this machine; the PBX identifies its trunk by it. */
  readonly localAddress: string;
  readonly dial: string;
  readonly identity: CallerIdentity;
  /** For softphones, which the PBX challenges. */
  readonly credentials?: Credentials;
  /**
   * The host that the phone takes for its own in Via, Contact and SDP, such as an address behind a NAT.
   * Default: `localAddress`.
   */
  readonly ownHost?: string;
  /** The port of the RTP socket on `localAddress`. */
  readonly rtpPort: number;
  /** Default A-law. */
  readonly codec?: Codec;
  /** Never acknowledges the answer, like a caller with a spoofed source address, who does not see it. */
  readonly isBlind?: boolean;
  /**
   * Offers nothing in the INVITE, and answers the PBX's offer in an ACK so long after it, ms (delayed offer, RFC 3264).
   */
  readonly answersAfterMs?: number;
  /** Stays in a call whose answer lists no media for it. */
  readonly staysWithoutMedia?: boolean;
  /** Parameters to add to Via, such as `;maddr=192.0.2.1`. */
  readonly via?: string;
  /** What the call offers. Default: the one codec. */
  readonly media?: MediaLines;
  /** The phone takes no sound from the beginning of the call. */
  readonly hold?: Hold;
  /** Called when the PBX moves its RTP during the call. */
  readonly onMedia?: (media: RemoteMedia) => void;
}
