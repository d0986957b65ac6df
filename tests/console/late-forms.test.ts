/** Forms that come late, twice, or wrong: what is said, where the way leads on, and what stands in them again. */
import {
  hiddenIn,
  noticesIn,
  openVisited,
  type Visitor,
  type VisitedConsole,
} from '../support/console/browse.ts';
import { consolePassword, type MemoryConsole } from '../support/console/memory-console.ts';

const callId = '3f1c2b3a-0000-4000-8000-000000000002';

let memory: MemoryConsole;
let server: VisitedConsole['server'];
let visitor: Visitor;
beforeEach(async () => {
  ({ memory, server, visitor } = await openVisited());
});
afterEach(() => server.close());

const code = '0123456789';
const otherLanguage = (body: string) =>
  /href="([^"]+)"[^>]* hreflang=/.exec(body)?.[1]?.replaceAll('&amp;', '&') ?? 'none';

test.each([
  ['/account', '/account', { code }],
  ['/account', '/account/change', { code, state: 'blocked', reason: 'mất SIM' }],
  ['/calls', '/calls/search', { kind: 'phone', sought: '1' }],
  ['/users', '/users/change', { name: 'nobody', act: 'none' }],
  ['/password', '/password', { current: 'x', password: 'y' }],
])(
  'what answers a form of %s at %s has a way to the other language that is a page',
  async (from, to, fields) => {
    await visitor.signIn('admin');
    const link = otherLanguage((await visitor.send(from, to, fields)).body);
    expect(link).toBe(`${from}?lang=en`);
    const { statusCode, body } = await visitor.get(link);
    expect([statusCode, body.includes('<html lang="en">')]).toEqual([200, true]);
  },
);

test('a form without its token leads to a page in the other language too', async () => {
  await visitor.signIn('admin');
  const { statusCode, body } = await visitor.post('/account/change', { code });
  expect([statusCode, otherLanguage(body)]).toEqual([403, '/?lang=en']);
});

test('a form that is sent after its session has ended says that nothing was saved, and leads back to its page', async () => {
  await visitor.signIn('admin');
  const { body } = await visitor.get('/account');
  memory.sessions.clear();
  const _csrf = /name="_csrf" value="([^"]+)"/.exec(body)![1]!;
  const sent = await visitor.post('/account/change', { _csrf, code, state: 'blocked', reason: 'mất SIM' });
  expect(sent.headers.location).toBe('/sign-in?late=1&next=%2Faccount');
  const { body: asks } = await visitor.get(sent.headers.location!);
  expect(noticesIn(asks)[0]).toContain('chưa có gì được lưu');
  expect(asks).toContain('name="next" value="/account"');
  expect(memory.blocks.get(code)).toMatchObject({ state: 'allowed' });
});

test('an officer who signs in goes on at the page that they asked for, also after a wrong password', async () => {
  const asked = await visitor.get(`/calls/${callId}`);
  const from = asked.headers.location!;
  expect(from).toBe(`/sign-in?needed=1&next=%2Fcalls%2F${callId}`);
  const fields = { name: 'lan', next: `/calls/${callId}` };
  const refused = await visitor.send(from, '/sign-in', { ...fields, password: 'wrong' });
  expect(noticesIn(refused.body)[0]).toContain('Caps Lock');
  expect(refused.body).toContain(`name="next" value="/calls/${callId}"`);
  const { headers } = await visitor.send(from, '/sign-in', { ...fields, password: consolePassword });
  expect(headers.location).toBe(`/calls/${callId}`);
});

test.each([
  '//evil.example/now',
  'https://evil.example/',
  '/\\evil.example',
  '/sign-out',
  '/now?x=//evil',
  'x'.repeat(400),
])('a sign-in leads to no place like %.30s', async (next) => {
  const { body } = await visitor.get(`/sign-in?next=${encodeURIComponent(next)}`);
  expect(body).not.toContain('name="next"');
  const { headers } = await visitor.send('/sign-in', '/sign-in', {
    name: 'lan',
    password: consolePassword,
    next,
  });
  expect(headers.location).toBe('/now');
});

test('signing in where another tab has signed in, and out where it has signed out, needs no new form', async () => {
  const { body } = await visitor.get('/sign-in');
  const _csrf = /name="_csrf" value="([^"]+)"/.exec(body)![1]!;
  await visitor.signIn('lan');
  const again = await visitor.post('/sign-in', { _csrf, name: 'lan', password: consolePassword });
  expect([again.statusCode, again.headers.location]).toEqual([303, '/now']);
  memory.sessions.clear();
  const out = await visitor.post('/sign-out', { _csrf });
  expect([out.statusCode, out.headers.location]).toEqual([303, '/sign-in?ended=1']);
});

const looked = async () => (await visitor.send('/account', '/account', { code })).body;

test('a change that is refused keeps what was typed, beside the account as it is', async () => {
  await visitor.signIn('admin');
  const typed = { code, state: 'blocked', reason: 'mất SIM, gọi từ 0912 345 678' };
  const { body } = await visitor.send('/account', '/account/change', typed);
  expect(noticesIn(body)[0]).toContain('Lý do: cần');
  expect(body).toContain('value="mất SIM, gọi từ 0912 345 678"');
  expect(body).toMatch(/value="blocked" checked/);
  expect(memory.acts.at(-1)).toMatchObject({ user: 'admin', what: { kind: 'looked at account' } });
});

test('a change is not saved over one that was made since its form was opened, and a form sent twice is saved once', async () => {
  await visitor.signIn('admin');
  const seen = hiddenIn(await looked(), 'seen');
  const change = { code, seen, state: 'blocked', reason: 'mất SIM' };
  expect(noticesIn((await visitor.send('/account', '/account/change', change)).body)).toEqual(['Đã lưu.']);
  const block = memory.blocks.get(code);
  expect(noticesIn((await visitor.send('/account', '/account/change', change)).body)).toEqual(['Đã lưu.']);
  expect(memory.blocks.get(code)).toBe(block);
  const { statusCode, body } = await visitor.send('/account', '/account/change', {
    ...change,
    state: 'allowed',
  });
  expect([statusCode, noticesIn(body)[0]]).toEqual([422, expect.stringContaining('Chưa lưu')]);
  expect(memory.blocks.get(code)).toBe(block);
  const again = { ...change, seen: hiddenIn(body, 'seen'), state: 'allowed' };
  expect(noticesIn((await visitor.send('/account', '/account/change', again)).body)).toEqual(['Đã lưu.']);
});

test('a reason is kept composed, however the keyboard wrote it', async () => {
  await visitor.signIn('admin');
  await visitor.send('/account', '/account/change', {
    code,
    seen: 'first',
    state: 'blocked',
    reason: 'mất SIM 😀'.normalize('NFD'),
  });
  expect(memory.blocks.get(code)?.reason).toBe('mất SIM 😀'.normalize('NFC'));
});

test('many pages from one address do not leave the last ones without their style', async () => {
  for (let asked = 0; asked < 301; asked++) await visitor.get('/sign-in');
  expect((await visitor.get('/sign-in')).statusCode).toBe(429);
  expect((await visitor.get('/public/console.css')).statusCode).toBe(200);
});
