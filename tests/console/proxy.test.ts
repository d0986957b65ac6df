/** The console behind the proxy of docs/console.md: the snippet as it stands there, in a real nginx. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'node:https';
import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { addConsole } from '../../src/console/console.ts';
import type { SignInForm } from '../../src/console/sign-in.ts';
import { createLogger } from '../../src/logger.ts';
import { openHttpServer } from '../../src/machine/http-server.ts';
import { openBrowser } from '../support/browser/browser.ts';
import { describeWithNginx, startNginx } from '../support/browser/with-nginx.ts';
import { tokenIn } from '../support/console/browse.ts';
import { consolePassword, MemoryConsole } from '../support/console/memory-console.ts';
import { CertificateAuthority } from '../support/machine/certificates.ts';
import { until } from '../support/until.ts';

/** An officer's desk: another address than the proxy's. */
const desk = '127.0.0.9';

describeWithNginx('behind nginx, as the documents say', () => {
  const authority = new CertificateAuthority();
  const folder = mkdtempSync(join(tmpdir(), 'hotline-proxy-'));
  const signIns: SignInForm[] = [];
  let start: () => Promise<FastifyInstance>;
  let console: FastifyInstance;
  let stopNginx: () => Promise<void>;
  let port: number;

  beforeAll(async () => {
    const inner = await freePort();
    port = await freePort();
    const logger = createLogger({ level: 'error', format: 'pretty' });
    const parts = new MemoryConsole().parts();
    const signIn = (form: SignInForm) => (signIns.push(form), parts.signIn(form));
    start = () =>
      openHttpServer({ host: '127.0.0.1', port: inner, trustedProxies: ['127.0.0.1'], logger }, (scope) =>
        addConsole(scope, { ...parts, signIn }),
      );
    console = await start();
    stopNginx = startNginx(serverOfTheBook(inner, port, authority, folder));
    await until(async () => (await ask('/sign-in').catch(() => undefined))?.statusCode === 200);
  });
  afterAll(async () => {
    await stopNginx?.();
    await console?.close();
    authority.remove();
    rmSync(folder, { recursive: true });
  });

  /** One request from the desk. */
  async function ask(
    path: string,
    options: { form?: Record<string, string>; cookie?: string } = {},
  ): Promise<IncomingMessage & { text: string }> {
    const agent = new Agent({ ca: readFileSync(authority.file), keepAlive: false });
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const asked = request({
        ...{ host: '127.0.0.1', port, path, agent, localAddress: desk, servername: 'hotline.example.vn' },
        method: options.form === undefined ? 'GET' : 'POST',
        headers: {
          host: 'hotline.example.vn',
          accept: path.endsWith('/events') ? 'text/event-stream' : 'text/html',
          ...(options.cookie !== undefined && { cookie: options.cookie }),
          ...(options.form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
        },
      });
      asked.once('response', resolve).once('error', reject);
      asked.end(options.form && new URLSearchParams(options.form).toString());
    });
    if (answer.headers['content-type']?.startsWith('text/event-stream') === true)
      return Object.assign(answer, { text: '' });
    let text = '';
    for await (const piece of answer) text += String(piece);
    return Object.assign(answer, { text });
  }

  test('an officer signs in from their own address, with cookies for https, and is pushed to', async () => {
    const form = await ask('/sign-in');
    const cookie = cookiesOf(form);
    const signed = await ask('/sign-in', {
      cookie,
      form: { _csrf: tokenIn(form.text), name: 'lan', password: consolePassword },
    });
    expect(signed.statusCode).toBe(303);
    expect(signed.headers['set-cookie']!.filter((line) => !/; Secure; SameSite=Strict/.test(line))).toEqual(
      [],
    );
    expect(signIns.map(({ address }) => address)).toEqual([desk]);
    const events = await ask('/now/events', { cookie: cookiesOf(signed) });
    expect(await eventOf(events)).toContain('event: now');
  });

  test('Now goes on by itself after the application was away, where the proxy answered for it', async () => {
    const browser = await openBrowser();
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      baseURL: `https://127.0.0.1:${port}`,
    });
    const page = await context.newPage();
    await page.goto('/sign-in');
    await page.fill('#name', 'lan');
    await page.fill('#password', consolePassword);
    await page.click('main button');
    await page.waitForURL('**/now');
    const answered = page.waitForResponse((response) => response.status() === 502);
    await console.close();
    await answered;
    await page.locator('#lost').waitFor({ state: 'visible' });
    console = await start();
    await page.locator('#lost').waitFor({ state: 'hidden' });
    expect(new URL(page.url()).pathname).toBe('/now');
    await browser.close();
  });

  test.each(['/health', '/livez', '/readyz', '/status', '/drain'])(
    '%s is for programs on the machine',
    async (path) => {
      expect((await ask(path)).statusCode).toBe(404);
    },
  );
});

/** The first one that is pushed. */
async function eventOf(events: IncomingMessage): Promise<string> {
  for await (const piece of events) if (String(piece).includes('event:')) return String(piece);
  return '';
}

function cookiesOf(answer: IncomingMessage): string {
  return (answer.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
}

function serverOfTheBook(
  inner: number,
  port: number,
  authority: CertificateAuthority,
  folder: string,
): string {
  const text = readFileSync(join(import.meta.dirname, '../../docs/console.md'), 'utf8');
  const [, snippet = ''] = /```nginx\n([^]*?)```/.exec(text) ?? [];
  const { certificate, key } = authority.issue('DNS:hotline.example.vn');
  const files = { certificate: join(folder, 'hotline.pem'), key: join(folder, 'hotline.key') };
  writeFileSync(files.certificate, certificate);
  writeFileSync(files.key, key, { mode: 0o600 });
  const replaced: [string, string][] = [
    ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
    ['/etc/ssl/hotline.pem', files.certificate],
    ['/etc/ssl/private/hotline.key', files.key],
    ['http://127.0.0.1:8080', `http://127.0.0.1:${inner}`],
  ];
  return replaced.reduce((server, [from, to]) => {
    if (!server.includes(from)) throw new Error(`docs/console.md: the snippet for nginx has no ${from}`);
    return server.replace(from, to);
  }, snippet);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
