/** A visitor of the console without a browser: keeps cookies, follows forms. */
import { Readable } from 'node:stream';
import fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify';
import { addConsole } from '../../../src/console/console.ts';
import { consolePassword, MemoryConsole } from './memory-console.ts';

export async function openConsole(memory: MemoryConsole): Promise<FastifyInstance> {
  const server = fastify({ trustProxy: 'loopback' });
  await server.register((scope) => addConsole(scope, memory.parts()));
  return server;
}

/** A console of its own, and somebody who visits it. */
export interface VisitedConsole {
  readonly memory: MemoryConsole;
  readonly server: FastifyInstance;
  readonly visitor: Visitor;
}

/** @param signedInAs absent: the visitor is a stranger */
export async function openVisited(signedInAs?: string): Promise<VisitedConsole> {
  const memory = new MemoryConsole();
  const server = await openConsole(memory);
  const visitor = new Visitor(server);
  if (signedInAs !== undefined) await visitor.signIn(signedInAs);
  return { memory, server, visitor };
}

export class Visitor {
  readonly #server: FastifyInstance;
  readonly cookies = new Map<string, string>();

  constructor(server: FastifyInstance) {
    this.#server = server;
  }

  async get(url: string, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> {
    return this.#keep(
      await this.#server.inject({ url, headers: { accept: 'text/html', ...this.#headers(), ...headers } }),
    );
  }

  /** Sends a form as the page at `from` would: with the token that stands there. */
  async send(from: string, action: string, fields: Record<string, string>): Promise<LightMyRequestResponse> {
    return this.post(action, { _csrf: tokenIn((await this.get(from)).body), ...fields });
  }

  async post(
    url: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<LightMyRequestResponse> {
    return this.#keep(
      await this.#server.inject({
        ...{ method: 'POST', url, payload: new URLSearchParams(fields).toString() },
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'text/html',
          ...this.#headers(),
          ...headers,
        },
      }),
    );
  }

  /**
   * Sends a file as a page's form would: the token, then the file.
   *
   * @param saysLength a Content-Length in place of the true one; null: none
   */
  async sendFile(
    url: string,
    token: string,
    bytes: Uint8Array,
    name: string,
    { isTokenLast = false, saysLength }: { isTokenLast?: boolean; saysLength?: string | null } = {},
  ): Promise<LightMyRequestResponse> {
    const edge = 'edge-of-a-part';
    const field = `--${edge}\r\ncontent-disposition: form-data; name="_csrf"\r\n\r\n${token}\r\n`;
    const file = Buffer.concat([
      Buffer.from(`--${edge}\r\ncontent-disposition: form-data; name="recording"; filename="${name}"\r\n`),
      Buffer.from('content-type: audio/wav\r\n\r\n'),
      bytes,
      Buffer.from('\r\n'),
    ]);
    const parts = isTokenLast ? [file, Buffer.from(field)] : [Buffer.from(field), file];
    const payload = Buffer.concat([...parts, Buffer.from(`--${edge}--\r\n`)]);
    return this.#keep(
      await this.#server.inject({
        ...{ method: 'POST', url, payload: saysLength === null ? Readable.from([payload]) : payload },
        headers: {
          'content-type': `multipart/form-data; boundary=${edge}`,
          accept: 'text/html',
          ...(typeof saysLength === 'string' && { 'content-length': saysLength }),
          ...this.#headers(),
        },
      }),
    );
  }

  async signIn(name: string, password = consolePassword): Promise<LightMyRequestResponse> {
    return this.send('/sign-in', '/sign-in', { name, password });
  }

  #headers(): Record<string, string> {
    return { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
  }

  #keep(answer: LightMyRequestResponse): LightMyRequestResponse {
    for (const { name, value } of answer.cookies)
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, encodeURIComponent(value));
    return answer;
  }
}

export function tokenIn(body: string): string {
  return /name="_csrf" value="([^"]+)"/.exec(body)?.[1] ?? '';
}

/** What a form of the page holds in a hidden field; `none`: no form has it. */
export function hiddenIn(body: string, name: string): string {
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(body)?.[1] ?? 'none';
}

/** What a notice of the page says. */
export function noticesIn(body: string): string[] {
  return [...body.matchAll(/<p class="notice[^>]*>([^<]*)</g)].map(([, text]) => text!);
}

/** What a reader sees of a page, in one line. */
export function textOf(body: string): string {
  return body.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
}
