/** The connection of one call leg to the PBX, over UDP, TCP or TLS. */
import type { SipRequest, SipResponse } from './sip-message.ts';

/** An IPv4 address or host name, and a port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** What SIP messages travel over. */
export type SipTransport = 'udp' | 'tcp' | 'tls';

/** A socket connected to one peer. */
export interface SipSocket {
  readonly transport: SipTransport;
  readonly local: Endpoint;
  /**
   * Passes on each message; what is no SIP message, such as a keep-alive, is dropped. `onError` is told
   * when the peer cannot be reached or has closed the connection.
   */
  listen(onMessage: (message: SipRequest | SipResponse) => void, onError: (error: Error) => void): void;
  /** Sends without waiting. Does nothing after `close`. */
  send(message: SipRequest | SipResponse): void;
  /** Closes after everything passed to `send` has gone out. Safe to call twice. */
  close(): void;
}

/** Parses `host` or `host:port` (default port 5060). Throws on anything else or a port outside 1–65535. */
export function parseEndpoint(text: string): Endpoint {
  const found = /^([^\s:]+)(?::(\d{1,5}))?$/.exec(text);
  const port = Number(found?.[2] ?? 5060);
  if (!found?.[1] || port < 1 || port > 65535)
    throw new Error(`"${text}" is not an address: expected host or host:port, for example 127.0.0.1:5060`);
  return { host: found[1], port };
}
