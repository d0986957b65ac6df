/** Asks for pages of a console over HTTP, and sends their forms, as a browser does. */

/** Each request from an address of its own, or the bound of requests from one network would be met. */
let requests = 0;
const nextAddress = () => `198.18.${(requests >> 8) & 255}.${requests++ & 255}`;

export class Visitor {
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();
  #token = '';

  constructor(origin: string) {
    this.#origin = origin;
  }

  async signIn(name: string, password: string): Promise<void> {
    await this.get('/sign-in');
    await this.send('/sign-in', { name, password });
  }

  /** @throws Error if it does not answer with 200 */
  async get(url: string): Promise<Buffer> {
    return this.#ask(url, {});
  }

  /** Sends a form with the token of the page that was got last, and follows where it leads. */
  async send(url: string, fields: Record<string, string>): Promise<Buffer> {
    return this.#ask(url, { method: 'POST', body: new URLSearchParams({ _csrf: this.#token, ...fields }) });
  }

  async #ask(url: string, init: RequestInit): Promise<Buffer> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { cookie, accept: 'text/html', 'x-forwarded-for': nextAddress() };
    const answer = await fetch(this.#origin + url, { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      this.#cookies.set(name!, value!);
    }
    const body = Buffer.from(await answer.arrayBuffer());
    const next = answer.headers.get('location');
    if (answer.status === 303 && next !== null) return this.get(next);
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
    this.#token = /(?<=name="_csrf" value=")[^"]+/.exec(body.toString())?.[0] ?? this.#token;
    return body;
  }
}
