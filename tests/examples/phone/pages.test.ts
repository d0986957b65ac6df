/** What the server of the page answers, and to whom. */
import fastify, { type FastifyInstance } from 'fastify';
import { callers } from '../../../examples/phone/callers.ts';
import { pbxFiles } from '../../../examples/phone/pbx.ts';
import { phonePages } from '../../../examples/phone/phone.ts';
import { shippedSounds } from '../../../src/recordings/sounds-directory.ts';

const password = 'of-a-test';
const host = '127.0.0.1:8080';
let server: FastifyInstance;
beforeAll(async () => {
  server = fastify();
  await server.register(
    phonePages({
      password,
      asterisk: 'http://127.0.0.1:8088',
      recordings: { folder: shippedSounds },
      script: shippedSounds,
      hasLogin: false,
    }),
  );
});
afterAll(() => server.close());
const get = (url: string, headers: Record<string, string> = {}, remoteAddress = '127.0.0.1') =>
  server.inject({ url, remoteAddress, headers: { host, ...headers } });

test('the page is in Vietnamese, or in English where that is asked for, and loads nothing of others', async () => {
  const page = await get('/phone');
  expect(page.body).toContain('<html lang="vi">');
  expect((await get('/phone?lang=en')).body).toContain('<html lang="en">');
  expect((await get('/phone', { cookie: 'a=b; language=en' })).body).toContain('<html lang="en">');
  expect(page.body).not.toMatch(/ (?:src|href)="(?![/#])/);
  const policy = page.headers['content-security-policy'] as string;
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("connect-src 'self' ws://127.0.0.1:8088/ws;");
  expect(policy).not.toMatch(/unsafe|\*/);
  expect(page.headers['cache-control']).toBe('no-store');
});

test('its scripts are made when they are asked for, and hold the library of SIP', async () => {
  const [main, ear] = await Promise.all([get('/phone/main.js'), get('/phone/ear.js')]);
  expect(main.body).toContain('JsSIP');
  expect(ear.body).toContain('onrtctransform');
  expect(ear.body.length).toBeLessThan(20_000);
});

test('the page is told of the demo citizens, of one who withholds the number, and of what each recording says', async () => {
  const settings = (await get('/phone/settings', { 'sec-fetch-site': 'same-origin' })).json<{
    callers: unknown;
    texts: Record<string, string>;
  }>();
  expect(settings).toMatchObject({ server: 'ws://127.0.0.1:8088/ws', password, callers });
  expect(callers.map(({ phone, codes }) => [phone, codes.length])).toEqual([
    ['0912345678', 1],
    ['0987654321', 1],
    ['0903333444', 2],
    [null, 0],
  ]);
  expect(settings.texts['hotline/menu']).toContain('bấm phím 8');
});

test.each([
  [
    'another site, which a browser shows',
    '/phone/settings',
    { 'sec-fetch-site': 'cross-site' },
    '127.0.0.1',
    403,
  ],
  [
    'a name that leads here (DNS rebinding)',
    '/phone/settings',
    { host: 'rebound.example:8080' },
    '127.0.0.1',
    404,
  ],
  ['another machine', '/phone', {}, '192.0.2.7', 404],
  ['a proxy', '/phone', { 'x-forwarded-for': '192.0.2.7' }, '127.0.0.1', 404],
  ['another machine, for the scripts', '/phone/main.js', {}, '192.0.2.7', 404],
])('%s is refused', async (_who, url, headers, address, status) => {
  const answer = await get(url, headers, address);
  expect([answer.statusCode, answer.body.includes(password)]).toEqual([status, false]);
});

test('each caller has an endpoint that fixes the number and whose name does not hold it', () => {
  const { 'developer-phones.conf': phones = '' } = pbxFiles('with;semicolon');
  for (const { user, phone } of callers) {
    expect(phones).toContain(`[${user}](browser)`);
    if (phone !== null) expect(phones).toContain(`callerid = <${phone}>`);
    expect(user).not.toMatch(/\d{3}/);
  }
  expect(phones).toContain('password = with\\;semicolon');
});
