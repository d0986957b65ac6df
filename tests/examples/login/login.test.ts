/** The pages of the example of a login side, on a real database. */
import { fastify, type FastifyInstance, type LightMyRequestResponse } from 'fastify';
import { loginPages } from '../../../examples/login/login.ts';
import { findPasswordFault } from '../../../src/accounts/chosen-password.ts';
import { describeWithRegistry } from '../../support/engine/describe-with-registry.ts';
import { addLoginUser, callAgain, newOwner } from '../../support/engine/login-side.ts';

const chosen = 'bốn con mèo ngồi';
const origin = 'http://localhost:8080';

describeWithRegistry('mariadb', 'the pages of the login side', (database) => {
  let server: FastifyInstance;
  const faults: object[] = [];
  beforeAll(async () => {
    server = fastify();
    const logger = { error: (_: string, details: object) => faults.push(details) };
    const databaseUrl = await addLoginUser(database);
    await server.register(loginPages({ databaseUrl, findPasswordFault, logger }));
  });
  afterAll(() => server.close());
  let network = 0;
  beforeEach(() => (network += 1));

  /** A browser: it keeps the cookie, and says where its forms come from. */
  class Browser {
    cookie = '';
    last!: LightMyRequestResponse;

    get(url: string): Promise<this> {
      return this.#ask({ method: 'GET', url });
    }

    post(url: string, form: Record<string, string> = {}, headers: object = { origin }): Promise<this> {
      const type = { 'content-type': 'application/x-www-form-urlencoded' };
      const payload = new URLSearchParams(form).toString();
      return this.#ask({ method: 'POST', url, payload, headers: { ...type, ...headers } });
    }

    logIn(code: string, password: string): Promise<this> {
      return this.post('/login', { code, password });
    }

    choose(password: string, repeated = password): Promise<this> {
      return this.post('/login/password', { password, repeated });
    }

    get title(): string {
      return /<h1>(.*?)<\/h1>/.exec(this.last.body)?.[1] ?? '';
    }

    get notice(): string {
      return /role="alert">\s*(.*?)\s*<\/p>/s.exec(this.last.body)?.[1] ?? '';
    }

    async #ask(request: {
      method: 'GET' | 'POST';
      url: string;
      payload?: string;
      headers?: object;
    }): Promise<this> {
      this.last = await server.inject({
        ...request,
        headers: { host: 'localhost:8080', cookie: this.cookie, ...request.headers },
        remoteAddress: `10.0.0.${network}`,
      });
      const [set] = [this.last.headers['set-cookie']].flat();
      if (set !== undefined) this.cookie = String(set).split(';')[0]!;
      if (this.last.statusCode === 303) await this.get(String(this.last.headers.location));
      return this;
    }
  }

  test('after the spoken password nothing is shown before another one is chosen; then only that one opens the account', async () => {
    const { code, spoken } = await newOwner(database);
    const browser = await new Browser().logIn(code, spoken);
    expect(browser.title).toBe('Chọn mật khẩu mới');
    expect((await browser.get('/login')).title).toBe('Chọn mật khẩu mới');
    expect((await browser.choose(chosen)).title).toBe('Đã đăng nhập');
    expect((await browser.get('/login')).title).toBe('Đã đăng nhập');
    expect((await browser.post('/login/end')).title).toBe('Đăng nhập VssID');
    expect((await browser.logIn(code, spoken)).last.statusCode).toBe(401);
    expect((await browser.logIn(code, chosen)).title).toBe('Đã đăng nhập');
  });

  test('a code may be typed with spaces', async () => {
    const { code, spoken } = await newOwner(database);
    expect((await new Browser().logIn(`${code.slice(0, 5)} ${code.slice(5)} `, spoken)).title).toBe(
      'Chọn mật khẩu mới',
    );
  });

  test('an unknown code, a wrong password, an expired and a void one get the same answer', async () => {
    const [known, expired, spent] = [
      await newOwner(database),
      await newOwner(database, 1),
      await newOwner(database),
    ];
    for (let guess = 0; guess < 5; guess++) await new Browser().logIn(spent.code, 'wrong');
    const answers: unknown[] = [];
    for (const [code, password] of [
      ['9999999999', known.spoken],
      [known.code, 'wrong'],
      [expired.code, expired.spoken],
      [spent.code, spent.spoken],
    ] as const) {
      const { last } = await new Browser().logIn(code, password);
      const headers = { ...last.headers, date: undefined, 'content-length': undefined };
      answers.push({ status: last.statusCode, headers, body: last.body.replaceAll(code, 'CODE') });
    }
    expect(answers[0]).toMatchObject({
      status: 401,
      body: expect.stringContaining('gọi 1900\u00a09068, bấm phím 8'),
    });
    expect(answers.slice(1)).toEqual([answers[0], answers[0], answers[0]]);
  });

  test.each([
    ['short', 'Mật khẩu quá ngắn: cần ít nhất 12 ký tự.'],
    ['x'.repeat(129), 'Mật khẩu quá dài: nhiều nhất 128 ký tự.'],
    ['matkhau2026!', 'Mật khẩu này dễ đoán'],
    ['tab\there and there', 'Mật khẩu có ký tự không gõ được từ bàn phím'],
  ])('the new password %j is refused: %s', async (password, sentence) => {
    const { code, spoken } = await newOwner(database);
    const browser = await new Browser().logIn(code, spoken);
    await browser.choose(password);
    expect([browser.last.statusCode, browser.title]).toEqual([422, 'Chọn mật khẩu mới']);
    expect(browser.notice).toContain(sentence);
    expect(browser.last.body).not.toContain(password);
  });

  test('the spoken password, the code and two that differ are refused as new ones', async () => {
    const { code, spoken } = await newOwner(database);
    const browser = await new Browser().logIn(code, spoken);
    expect((await browser.choose(spoken)).notice).toContain('Đây là mật khẩu nghe qua điện thoại.');
    expect((await browser.choose(`${code}${code}`)).notice).toContain('dễ đoán');
    expect((await browser.choose(chosen, `${chosen}!`)).notice).toContain('Hai lần nhập không giống nhau.');
    expect((await browser.choose(chosen)).title).toBe('Đã đăng nhập');
  });

  test('a call ends the sessions of its account', async () => {
    const { id, code, spoken } = await newOwner(database);
    const [choosing, owner] = [
      await new Browser().logIn(code, spoken),
      await new Browser().logIn(code, spoken),
    ];
    await owner.choose(chosen);
    expect((await choosing.choose('mưa rơi trên mái tôn')).notice).toContain('Phiên đăng nhập đã kết thúc');
    const next = await callAgain(database, id);
    expect((await owner.get('/login')).notice).toContain('Phiên đăng nhập đã kết thúc');
    expect((await owner.get('/login')).notice).toBe('');
    expect((await owner.logIn(code, next)).title).toBe('Chọn mật khẩu mới');
  });

  test('a password cannot be chosen without a session, nor twice in one', async () => {
    const { code, spoken } = await newOwner(database);
    expect((await new Browser().choose(chosen)).last.statusCode).toBe(409);
    const browser = await new Browser().logIn(code, spoken);
    await browser.choose(chosen);
    expect((await browser.choose('mưa rơi trên mái tôn')).last.statusCode).toBe(409);
    expect((await browser.logIn(code, chosen)).title).toBe('Đã đăng nhập');
  });

  test('each login has a session of its own, and an id that was planted opens nothing', async () => {
    const { code, spoken } = await newOwner(database);
    const browser = new Browser();
    browser.cookie = 'login=planted-by-somebody-else';
    await browser.logIn(code, spoken);
    const first = browser.cookie;
    expect(first).toMatch(/^login=[\w-]{32}$/);
    await browser.choose(chosen);
    expect(browser.cookie).not.toBe(first);
    const old = new Browser();
    old.cookie = first;
    expect((await old.get('/login')).title).toBe('Đăng nhập VssID');
  });

  test.each([
    ['of another site', { origin: 'http://elsewhere.example' }],
    ['without an origin', {}],
    ['whose origin is hidden', { origin: 'null' }],
  ])('a form %s changes nothing', async (_, headers) => {
    const { code, spoken } = await newOwner(database);
    const { last, cookie } = await new Browser().post('/login', { code, password: spoken }, headers);
    expect([last.statusCode, cookie]).toEqual([403, '']);
  });

  test('ten wrong passwords in a quarter of an hour make one network wait, of a known code or not, and nobody else', async () => {
    const { code, spoken } = await newOwner(database);
    await (await new Browser().logIn(code, spoken)).choose(chosen);
    for (const each of [code, '8888888888']) {
      for (let guess = 0; guess < 10; guess++)
        expect((await new Browser().logIn(each, 'wrong')).last.statusCode).toBe(401);
      const { last, notice } = await new Browser().logIn(each, chosen);
      expect([last.statusCode, notice]).toEqual([429, expect.stringContaining('thử lại sau 15 phút')]);
    }
    network += 100;
    expect((await new Browser().logIn(code, chosen)).title).toBe('Đã đăng nhập');
  });

  test('the pages run no script, are kept by no cache and framed by nobody, and their cookie is for them alone', async () => {
    const { code, spoken } = await newOwner(database);
    const { headers } = await server.inject({
      ...{
        method: 'POST',
        url: '/login',
        payload: new URLSearchParams({ code, password: spoken }).toString(),
      },
      headers: { host: 'localhost:8080', origin, 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(headers['set-cookie']).toMatch(/; Path=\/login; HttpOnly; SameSite=Strict; Max-Age=600$/);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'self'; .*frame-ancestors 'none'/,
    );
  });

  test('what somebody types is text, and a form of another kind is refused', async () => {
    const browser = await new Browser().logIn('"><script>alert(1)</script>', 'wrong');
    expect(browser.last.body).toContain('&quot;&gt;&lt;script&gt;');
    expect(browser.last.body).not.toContain('<script');
    const json = {
      method: 'POST',
      url: '/login',
      payload: { code: {} },
      headers: { host: 'localhost:8080', origin },
    } as const;
    expect((await server.inject(json)).statusCode).toBe(415);
    expect((await new Browser().post('/login')).last.statusCode).toBe(401);
    expect((await server.inject({ ...json, payload: '' })).statusCode).toBeLessThan(500);
  });

  test('the pages are in English too', async () => {
    const { code, spoken } = await newOwner(database);
    const browser = await new Browser().post('/login?lang=en', { code, password: spoken });
    expect(browser.title).toBe('Choose a new password');
    await browser.post('/login/password?lang=en', { password: chosen, repeated: chosen });
    expect(browser.title).toBe('Logged in');
    expect((await browser.get('/login')).last.body).toContain('<html lang="vi">');
  });

  test('while the database is away the page says so, tells the log no code, and goes on by itself', async () => {
    const { code, spoken } = await newOwner(database);
    const open = await new Browser().logIn(code, spoken);
    await database.kill();
    const browser = await new Browser().logIn(code, spoken);
    const shown = ({ last, notice }: Browser) => [last.statusCode, notice, last.headers['refresh']];
    const away = expect.stringContaining('không kết nối được cơ sở dữ liệu');
    expect(shown(browser)).toEqual([503, away, undefined]);
    expect(shown(await open.get('/login'))).toEqual([503, away, '5']);
    await database.restart();
    expect((await browser.logIn(code, spoken)).title).toBe('Chọn mật khẩu mới');
    expect((await open.get('/login')).title).toBe('Chọn mật khẩu mới');
    expect(faults).toEqual([{ code: expect.any(String) }, { code: expect.any(String) }]);
  });
});
