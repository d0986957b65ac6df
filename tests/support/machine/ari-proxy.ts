/** A proxy between application and ARI that cuts off what a test chooses, or loses one event. */
import { TcpProxy, type Connection } from './tcp-proxy.ts';

/** HTTP is swallowed, as by a firewall that drops packets; the event socket is closed, and refused from then on. */
export type Part = 'http' | 'events';

export class AriProxy extends TcpProxy {
  readonly #cut = new Set<Part>();
  readonly #eventSockets = new Set<Connection>();
  #lost: { readonly isIt: (text: string) => boolean; readonly done: () => void }[] = [];

  cut(part: Part): void {
    this.#cut.add(part);
    if (part === 'events') for (const { breakOff } of this.#eventSockets) breakOff();
  }

  restore(): void {
    this.#cut.clear();
  }

  /** Loses the next event of this type that also has `about` in it. Resolves when it is lost. */
  loseNext(type: string, about = ''): Promise<void> {
    const isIt = (text: string) => text.includes(`"type":"${type}"`) && text.includes(about);
    return new Promise((done) => this.#lost.push({ isIt, done }));
  }

  protected override relay(connection: Connection): void {
    const { client, server, breakOff } = connection;
    let part: Part | undefined;
    const frames = new Frames((text) => this.#passes(text));
    client.on('close', breakOff);
    client.on('data', (data) => {
      part ??= /^upgrade: *websocket/im.test(data.toString('latin1')) ? 'events' : 'http';
      if (part === 'http') return void (this.#cut.has('http') || server.write(data));
      if (this.#cut.has('events')) return breakOff();
      this.#eventSockets.add(connection);
      server.write(data);
    });
    server.on('data', (data) => {
      if (part === 'events') client.write(frames.filter(data));
      else if (!this.#cut.has('http')) client.write(data);
    });
    server.on('close', () => this.#eventSockets.delete(connection));
  }

  #passes(text: string): boolean {
    const lost = this.#lost.find(({ isIt }) => isIt(text));
    if (lost === undefined) return true;
    this.#lost = this.#lost.filter((each) => each !== lost);
    lost.done();
    return false;
  }
}

/** The frames of a WebSocket as they come from the server, behind its HTTP answer (RFC 6455, 5.2). */
class Frames {
  readonly #passes: (text: string) => boolean;
  #isOpen = false;
  #rest = Buffer.alloc(0);

  constructor(passes: (text: string) => boolean) {
    this.#passes = passes;
  }

  /** The bytes without the frames that do not pass. */
  filter(data: Buffer): Buffer {
    this.#rest = Buffer.concat([this.#rest, data]);
    const passed: Buffer[] = [];
    for (let length = this.#nextLength(); length <= this.#rest.length; length = this.#nextLength()) {
      const frame = this.#rest.subarray(0, length);
      if (!this.#isOpen || this.#passes(frame.toString('latin1'))) passed.push(frame);
      this.#isOpen = true;
      this.#rest = this.#rest.subarray(length);
    }
    return Buffer.concat(passed);
  }

  /** Infinity: not yet known. */
  #nextLength(): number {
    const bytes = this.#rest;
    if (!this.#isOpen) {
      const end = bytes.indexOf('\r\n\r\n');
      return end < 0 ? Infinity : end + 4;
    }
    if (bytes.length < 10) return bytes.length < 2 || bytes[1]! >= 126 ? Infinity : 2 + bytes[1]!;
    if (bytes[1] === 126) return 4 + bytes.readUInt16BE(2);
    return bytes[1] === 127 ? 10 + Number(bytes.readBigUInt64BE(2)) : 2 + bytes[1]!;
  }
}
