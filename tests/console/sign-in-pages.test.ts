/** Who gets into the console, and what a browser, or somebody else, can send it. */
import { noticesIn, openVisited, tokenIn, Visitor, type VisitedConsole } from '../support/console/browse.ts';
import { consolePassword, type MemoryConsole } from '../support/console/memory-console.ts';

let memory: MemoryConsole;
let server: VisitedConsole['server'];
let visitor: Visitor;
beforeEach(async () => {
  ({ memory, server, visitor } = await openVisited());
});
afterEach(() => server.close());

const officersPages = [
  '/now',
  '/day',
  '/day.csv?table=time',
  '/calls',
  '/calls/3f1c2b3a-0000-4000-8000-000000000002',
  '/account',
  '/users',
  '/password',
];

test.each(officersPages)('%s sends a stranger to the sign-in', async (url) => {
  const { statusCode, headers, body } = await visitor.get(url);
  expect({ statusCode, body }).toEqual({ statusCode: 303, body: '' });
  expect(headers.location).toMatch(/^\/sign-in\?needed=1/);
  expect(memory.acts).toEqual([]);
});

test('an officer signs in and out; what the browser kept is worth nothing then', async () => {
  expect((await visitor.signIn('lan')).headers.location).toBe('/now');
  const session = visitor.cookies.get('session')!;
  expect((await visitor.get('/calls')).statusCode).toBe(200);
  expect((await visitor.send('/calls', '/sign-out', {})).headers.location).toBe('/sign-in?ended=1');
  visitor.cookies.set('session', session);
  expect((await visitor.get('/calls')).statusCode).toBe(303);
  // The ports themselves record the sign-in and its end.
  expect(memory.acts.map(({ what }) => what.kind)).toEqual(['listed calls', 'listed calls']);
});

test.each([
  ['lan', 'wrong wrong wrong'],
  ['nobody', consolePassword],
])('%s with the password %j gets the same sentence', async (name, password) => {
  const { statusCode, body } = await visitor.signIn(name, password);
  expect(statusCode).toBe(403);
  expect(noticesIn(body)).toEqual([
    'Tên đăng nhập hoặc mật khẩu không đúng, hoặc người dùng này đã bị khoá. Hãy kiểm tra phím Caps Lock, bộ gõ tiếng Việt và dấu cách thừa.',
  ]);
});

test('a session has another id than what the browser had before, and cookies that no script reads', async () => {
  visitor.cookies.set('session', 'made-up.by-another');
  const { cookies } = await visitor.signIn('lan');
  expect(visitor.cookies.get('session')).not.toBe('made-up.by-another');
  for (const name of ['session', 'browser'])
    expect(cookies.find((cookie) => cookie.name === name)).toMatchObject({
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
    });
});

test('behind a proxy with TLS, cookies are for https only', async () => {
  const https = { 'x-forwarded-proto': 'https' };
  const { body } = await visitor.get('/sign-in', https);
  const { cookies } = await visitor.post(
    '/sign-in',
    { _csrf: tokenIn(body), name: 'lan', password: consolePassword },
    https,
  );
  expect(cookies.find(({ name }) => name === 'session')).toMatchObject({ secure: true });
});

test('a form without the token of its page, or with that of another officer, changes nothing', async () => {
  const other = new Visitor(server);
  await other.signIn('xem');
  await visitor.signIn('admin');
  const strange = tokenIn((await other.get('/now')).body);
  for (const _csrf of ['', 'x', strange]) {
    const { statusCode, body } = await visitor.post('/now/drain', { _csrf, confirmed: 'yes' });
    expect(statusCode).toBe(403);
    expect(noticesIn(body)[0]).toContain('Không có gì thay đổi');
  }
  expect(memory.drains).toBe(0);
});

test.each([
  ['xem', ['/now', '/day'], ['/calls', '/account', '/users']],
  ['lan', ['/now', '/day', '/calls', '/account'], ['/users']],
  ['admin', ['/now', '/day', '/calls', '/account', '/users'], []],
])('%s sees %j and not %j', async (name, seen, hidden) => {
  await visitor.signIn(name);
  const { body } = await visitor.get('/now');
  for (const url of seen) {
    expect((await visitor.get(url)).statusCode).toBe(200);
    expect(body).toContain(`href="${url}"`);
  }
  for (const url of hidden) {
    expect((await visitor.get(url)).statusCode).toBe(403);
    expect(body).not.toContain(`href="${url}"`);
  }
});

test.each([
  ['/account/change', { code: '0123456789', state: 'blocked', reason: 'SIM stolen' }],
  ['/users', { name: 'new', role: 'admin', password: consolePassword }],
  ['/users/change', { name: 'admin', act: 'disable' }],
  ['/now/drain', { confirmed: 'yes' }],
])('an officer who is no admin cannot send %s', async (url, fields) => {
  await visitor.signIn('lan');
  const before = memory.acts.length;
  expect((await visitor.send('/account', url, fields)).statusCode).toBe(403);
  expect([memory.acts.length, memory.drains, memory.blocks.get('0123456789')?.state]).toEqual([
    before,
    0,
    'allowed',
  ]);
});

test('a role that is taken away is gone at the next request, and so is a session that an admin ends', async () => {
  await visitor.signIn('lan');
  memory.roles.set('lan', 'viewer');
  expect((await visitor.get('/calls')).statusCode).toBe(403);
  memory.sessions.clear();
  expect((await visitor.get('/now')).statusCode).toBe(303);
});

test('a page that is open only does not keep its session alive; an officer who acts does', async () => {
  await visitor.signIn('lan');
  await visitor.get('/calls');
  const touched = memory.touched;
  expect(touched).toBeGreaterThan(0);
  await visitor.get('/now/events', { accept: 'application/json' });
  expect(memory.touched).toBe(touched);
});

test('nothing is fetched from elsewhere, no script or style stands in a page, and no frame holds it', async () => {
  await visitor.signIn('admin');
  for (const url of [...officersPages, '/sign-in', '/nothing-here']) {
    const { body, headers } = await visitor.get(url);
    const policy = String(headers['content-security-policy']);
    expect(policy).not.toContain('unsafe');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(body).not.toMatch(
      /<script(?! src="\/public\/)|<style| style=|\son\w+=|(?:src|href|action)="(?:https?:)?\/\//i,
    );
    expect(body.length).toBeLessThan(200_000);
  }
});

test.each([
  ['{"_csrf":1}', 'application/json'],
  ['_csrf=a&_csrf=b&name[]=x&__proto__[role]=admin', 'application/x-www-form-urlencoded'],
  ['x'.repeat(20_000), 'application/x-www-form-urlencoded'],
  ['<a/>', 'text/xml'],
])('a hostile form (%.20s…) gets a sentence and changes nothing', async (payload, type) => {
  await visitor.signIn('admin');
  const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const before = memory.acts.length;
  const answer = await server.inject({
    ...{ method: 'POST', url: '/users', payload },
    headers: { 'content-type': type, accept: 'text/html', cookie },
  });
  expect(answer.statusCode).toBeGreaterThanOrEqual(400);
  expect(answer.statusCode).toBeLessThan(500);
  expect(noticesIn(answer.body)).toHaveLength(1);
  expect(memory.acts).toHaveLength(before);
});

test.each([
  ['session', '../../etc/passwd'],
  ['session', '%00%ff'],
  ['language', '<script>'],
  ['_csrf', '"><b>'],
  ['browser', 'x'.repeat(3000)],
])('a hostile cookie %s=%.20s is no cookie', async (name, value) => {
  visitor.cookies.set(name, value);
  const { statusCode, body } = await visitor.get('/sign-in');
  expect(statusCode).toBe(200);
  expect(body).toContain('<html lang="vi">');
  expect(body).not.toContain(value);
});

test('a flood from one address is answered 429 with a sentence', async () => {
  let last = await visitor.get('/sign-in');
  for (let asked = 0; asked < 400 && last.statusCode === 200; asked++) last = await visitor.get('/sign-in');
  expect(last.statusCode).toBe(429);
  expect(noticesIn(last.body)[0]).toContain('quá nhiều yêu cầu');
});

test('one IPv6 network counts as one address, and the next one is not held up', async () => {
  const from = (address: string) => visitor.get('/sign-in', { 'x-forwarded-for': address });
  for (let asked = 0; asked < 300; asked++) await from(`2001:db8:0:7::${asked.toString(16)}`);
  expect((await from('2001:db8:0:7:ffff::1')).statusCode).toBe(429);
  expect((await from('2001:db8:0:8::1')).statusCode).toBe(200);
});
