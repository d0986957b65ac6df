/** The part of asterisk-manager 0.2.0 that this folder uses; it ships no types of its own. */
declare module 'asterisk-manager' {
  /** One packet, by header name in lower case. A header that came several times is an array. */
  export type AmiPacket = Record<string, string | string[] | undefined>;

  export interface Manager {
    options: { username: string; password: string };
    connect(port: number, host: string): void;
    login(callback: (error?: AmiPacket) => void): void;
    /** Returns the ActionID. A response that is an error is the first argument of the callback. */
    action(
      fields: Record<string, string>,
      callback: (error: AmiPacket | undefined, response: AmiPacket) => void,
    ): string;
    disconnect(): void;
    on(event: 'managerevent', listener: (event: AmiPacket) => void): void;
    on(event: 'error', listener: (error: Error) => void): void;
    on(event: 'connect' | 'close', listener: () => void): void;
    removeListener(event: 'managerevent', listener: (event: AmiPacket) => void): void;
  }

  /** Without a port it does not connect by itself; doing so would hide a refused login. */
  export default function createManager(
    port: undefined,
    host: string,
    username: string,
    password: string,
  ): Manager;
}
