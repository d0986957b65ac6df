/** What each page shows, what it writes to the audit log, and what it says to a wrong field. */
import { subjectKey } from '../../src/accounts/subject-key.ts';
import { writeCsv } from '../../src/console/pages/day.ts';
import { RegistryUnavailable } from '../../src/registry/registry-unavailable.ts';
import {
  hiddenIn,
  noticesIn,
  openVisited,
  textOf,
  tokenIn,
  Visitor,
  type VisitedConsole,
} from '../support/console/browse.ts';
import { consolePassword, type MemoryConsole } from '../support/console/memory-console.ts';

const callId = '3f1c2b3a-0000-4000-8000-000000000002';

let memory: MemoryConsole;
let server: VisitedConsole['server'];
let visitor: Visitor;
beforeEach(async () => {
  ({ memory, server, visitor } = await openVisited('admin'));
  memory.acts.length = 0;
});
afterEach(() => server.close());

const acts = () => memory.acts.map(({ user, what }) => [user, what] as const);
test('Now shows calls under way with their step, figures of the day, and the state of each part', async () => {
  const shown = textOf((await visitor.get('/now')).body);
  for (const part of [
    '+84***5678',
    '12 giây',
    'đọc: mời nhập mã 10 số',
    '2.356',
    '1.812',
    '133',
    'pbx-2',
    'mất liên lạc',
  ])
    expect(shown).toContain(part);
});

test('Now says that the database is unreachable, beside what it knows without it', async () => {
  memory.isLiveAway = true;
  const { statusCode, body } = await visitor.get('/now');
  expect(statusCode).toBe(200);
  expect(textOf(body)).toContain('không kết nối được cơ sở dữ liệu');
  expect(textOf(body)).toContain('+84***5678');
});

test('a page asked for while the database is away says so, and is asked for again by the browser', async () => {
  memory.isAway = true;
  const { statusCode, body } = await visitor.get('/calls');
  expect(statusCode).toBe(503);
  expect(noticesIn(body)).toEqual(['Hiện không kết nối được cơ sở dữ liệu. Trang sẽ tự tải lại.']);
  expect(body).toContain('<meta http-equiv="refresh" content="5"/>');
  memory.isAway = false;
  expect((await visitor.get('/calls')).statusCode).toBe(200);
});

test('a form sent while the database is away is not certain to be saved, and says so instead of loading again', async () => {
  const { body } = await visitor.get('/account');
  memory.refuseActs = new RegistryUnavailable('no answer');
  const answer = await visitor.post('/account', { _csrf: tokenIn(body), code: '0123456789' });
  expect(answer.statusCode).toBe(503);
  expect(noticesIn(answer.body)[0]).toContain('chưa chắc biểu mẫu này đã được lưu');
  expect(answer.body).not.toContain('http-equiv="refresh"');
});

test('what a page asks for when its stream has ended tells a session that goes on from one that is over', async () => {
  const asked = { accept: 'application/json' };
  expect((await visitor.get('/now/events', asked)).statusCode).toBe(406);
  memory.sessions.clear();
  expect((await visitor.get('/now/events', asked)).statusCode).toBe(303);
});

test('a drain needs its box ticked, and is on record', async () => {
  expect((await visitor.send('/now', '/now/drain', {})).headers.location).toBe('/now?unconfirmed=1');
  expect(memory.drains).toBe(0);
  await visitor.send('/now', '/now/drain', { confirmed: 'yes' });
  expect(memory.drains).toBe(1);
  expect(acts()).toEqual([['admin', { kind: 'drain ordered' }]]);
  expect(textOf((await visitor.get('/now')).body)).toContain('còn nhiều nhất 180 giây');
});

test('Figures has a table behind each plot, and a file of exactly that table', async () => {
  const { body } = await visitor.get('/day?from=2026-11-24&to=2026-11-25');
  const files = [...body.matchAll(/href="(\/day\.csv\?[^"]+)"/g)].map(([, url]) =>
    url!.replaceAll('&amp;', '&'),
  );
  expect(files).toHaveLength(8);
  const tables = [...body.matchAll(/<table><caption>.*?<\/table>/gs)].map(([table]) => table);
  for (const [at, url] of files.entries()) {
    const file = await visitor.get(url);
    const rows = file.body
      .replace(/^\uFEFF/, '')
      .trim()
      .split('\r\n');
    expect(file.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(rows).toHaveLength([...tables[at]!.matchAll(/<tr>/g)].length);
    expect(textOf(tables[at]!).replaceAll('.', '')).toContain(
      rows.at(-1)!.split(',')[0]!.replaceAll('"', ''),
    );
  }
});

test('a cell of a file that a spreadsheet would calculate is text', () => {
  expect(writeCsv([['=1+1', '+84', '@x', 7, 'xin chào']])).toBe("\uFEFF'=1+1,'+84,'@x,7,xin chào\r\n");
});

test.each([
  ['from=2026-02-30', 'Từ ngày: cần một ngày có thật, dạng 2026-11-25.'],
  ['from=yesterday', 'Từ ngày: cần một ngày có thật, dạng 2026-11-25.'],
  ['from=2026-11-02&to=2026-11-01', 'Đến ngày phải bằng hoặc sau Từ ngày.'],
  ['from=2024-01-01&to=2026-01-01', 'Khoảng thời gian quá dài: nhiều nhất 400 ngày.'],
  ['from=2026-11-01&from=2026-11-02', 'Từ ngày: cần một ngày có thật, dạng 2026-11-25.'],
])('Figures of %s is refused with the field and what it takes', async (query, says) => {
  const { statusCode, body } = await visitor.get(`/day?${query}`);
  expect(statusCode).toBe(422);
  expect(noticesIn(body)).toEqual([says]);
});

test('400 days stay below 200 kB', async () => {
  const { body } = await visitor.get('/day?from=2025-10-22&to=2026-11-25');
  expect(Buffer.byteLength(body)).toBeLessThan(200_000);
});

test('a search keeps code and number out of every address, page and record', async () => {
  const found = await visitor.send('/calls', '/calls/search', { kind: 'phone', sought: '0912 345 678' });
  expect(found.headers.location).toBe('/calls');
  const { body } = await visitor.get('/calls');
  const keys = ['a1', 'b2'].map((half) => subjectKey(half.repeat(32), 'phone', '+84912345678'));
  expect(memory.filters.at(-1)).toEqual({ phoneKeys: keys });
  expect(memory.acts.at(-1)).toEqual({
    user: 'admin',
    what: { kind: 'searched calls by phone', filters: {} },
    phoneKey: keys[0],
  });
  expect(body).not.toMatch(/0912|912345678/);
  expect(JSON.stringify([...memory.sessions, memory.acts])).not.toMatch(/912 ?345 ?678/);
  await visitor.send('/calls', '/calls/search/end', {});
  await visitor.get('/calls');
  expect(memory.filters.at(-1)).toEqual({});
});

test('the list passes its filters on, with the last day and second whole', async () => {
  await visitor.get('/calls?outcome=mismatch&from=2026-11-24&to=2026-11-25&node=pbx-1&min=10&max=60');
  expect(memory.filters.at(-1)).toEqual({
    ...{ outcome: 'mismatch', node: 'pbx-1', minMs: 10_000, maxMs: 61_000 },
    from: new Date('2026-11-24T00:00:00+07:00'),
    to: new Date('2026-11-26T00:00:00+07:00'),
  });
  expect(acts()).toEqual([
    [
      'admin',
      {
        kind: 'listed calls',
        filters: {
          outcome: 'mismatch',
          from: '2026-11-24',
          to: '2026-11-25',
          node: 'pbx-1',
          min: '10',
          max: '60',
        },
      },
    ],
  ]);
});

test.each([
  ['/calls?outcome=nice', 'Kết quả: hãy chọn một mục trong danh sách.'],
  ['/calls?min=-1', 'Dài ít nhất: cần số giây, từ 0 đến 99999.'],
  ["/calls?node=x' OR 1=1", 'Máy: hãy chọn một mục trong danh sách.'],
  ['/calls?before=%00', undefined],
])('%s is refused with a sentence, or does no harm', async (url, says) => {
  const { statusCode, body } = await visitor.get(encodeURI(decodeURI(url)));
  expect(noticesIn(body)).toEqual(says === undefined ? [] : [says]);
  expect(statusCode).toBe(says === undefined ? 200 : 422);
});

test.each([
  ['phone', '12345', 'Số điện thoại: cần'],
  ['code', '12a', 'Mã số BHXH hoặc mã định danh: cần'],
  ['other', '1', 'Tìm theo'],
])('a search by %s for %s is refused with the field', async (kind, sought, says) => {
  const { statusCode, body } = await visitor.send('/calls', '/calls/search', { kind, sought });
  expect(statusCode).toBe(422);
  expect(noticesIn(body)[0]).toContain(says);
});

test('one call says what happened, what to tell the citizen, and until when the password is valid', async () => {
  const shown = textOf((await visitor.get(`/calls/${callId}`)).body);
  for (const part of [
    'Đã nghe trọn mật khẩu một lần',
    'Nên nói với người dân',
    '2026-11-25 12:10:09',
    'bấm phím ×10',
    'mã số khớp',
  ])
    expect(shown).toContain(part);
  expect(acts()).toEqual([['admin', { kind: 'looked at call', callId }]]);
});

test('a look that cannot be recorded shows nothing', async () => {
  memory.refuseActs = new RegistryUnavailable('no answer');
  for (const url of [`/calls/${callId}`, `/calls/${callId}/timeline.svg`, '/calls']) {
    const { statusCode, body } = await visitor.get(url);
    expect(statusCode).toBe(503);
    expect(body).not.toContain('+84***5678');
  }
  const { statusCode, body } = await visitor.send('/account', '/account', { code: '0123456789' });
  expect([statusCode, body.includes('được phép')]).toEqual([503, false]);
});

test('the timeline is saved as one SVG that needs nothing else', async () => {
  const { body, headers } = await visitor.get(`/calls/${callId}/timeline.svg`);
  expect(headers['content-type']).toBe('image/svg+xml; charset=utf-8');
  expect(headers['content-disposition']).toBe(`attachment; filename="call-${callId}.svg"`);
  expect(body).toMatch(/^<\?xml [^>]*\?>\n<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  expect(body).not.toMatch(/var\(|href=|<style|<script/);
});

test.each([
  '/calls/3f1c2b3a-0000-4000-8000-00000000ffff',
  '/calls/nonsense',
  "/calls/1'%20OR%201=1",
  '/nothing',
  '//',
  '//:80',
])('%s is no page', async (url) => {
  const { statusCode, body } = await visitor.get(url);
  expect([statusCode, noticesIn(body)]).toEqual([404, ['Không có trang này.']]);
});

test('an account is blocked with a reason, and allowed again; the code stands in forms only', async () => {
  const looked = await visitor.send('/account', '/account', { code: '0123456789' });
  expect(textOf(looked.body)).toContain('được phép');
  const change = {
    code: '0123456789',
    seen: hiddenIn(looked.body, 'seen'),
    state: 'blocked',
    reason: 'mất SIM',
  };
  const { body } = await visitor.send('/account', '/account/change', change);
  expect(noticesIn(body)).toEqual(['Đã lưu.']);
  expect(memory.blocks.get('0123456789')).toMatchObject({ state: 'blocked', by: 'admin', reason: 'mất SIM' });
  await visitor.send('/account', '/account/change', {
    ...change,
    seen: hiddenIn(body, 'seen'),
    state: 'allowed',
    reason: 'SIM mới',
  });
  expect(memory.blocks.get('0123456789')).toMatchObject({ state: 'allowed' });
});

test.each([
  [{ code: '', state: 'blocked', reason: 'mất SIM' }, 'Mã số BHXH hoặc mã định danh: cần'],
  [
    { code: '0123456789', state: 'maybe', reason: 'mất SIM' },
    'Cấp lại mật khẩu qua điện thoại: hãy chọn một trong ba mức.',
  ],
  [{ code: '0123456789', state: 'blocked', reason: '' }, 'Lý do: cần'],
  [{ code: '0123456789', state: 'blocked', reason: 'số 0912345678' }, 'Lý do: cần'],
  [{ code: '9999999999', state: 'blocked', reason: 'mất SIM' }, 'Không có tài khoản nào'],
  [{ code: '0123456789', state: 'blocked', reason: 'mất SIM', seen: '' }, 'không hợp lệ'],
  [{ code: '0123456789', state: 'blocked', reason: 'mất SIM', seen: 'last' }, 'không hợp lệ'],
  [{ code: '0123456789', state: 'blocked', reason: 'mất SIM', seen: '2026-11-30' }, 'Chưa lưu'],
])('a change of an account with %j is refused with a sentence', async (fields, says) => {
  const { statusCode, body } = await visitor.send('/account', '/account/change', {
    seen: 'first',
    ...fields,
  });
  expect([404, 422]).toContain(statusCode);
  expect(noticesIn(body)[0]).toContain(says);
  expect(memory.blocks.get('0123456789')).toMatchObject({ state: 'allowed' });
});

test('an admin adds a user, disables them, and never themselves', async () => {
  await visitor.send('/users', '/users', { name: 'minh', role: 'officer', password: 'hai con gà trống đá' });
  expect(memory.roles.get('minh')).toBe('officer');
  await visitor.send('/users', '/users/change', { name: 'minh', act: 'disable' });
  expect(memory.disabled.has('minh')).toBe(true);
  const { body } = await visitor.send('/users', '/users/change', { name: 'admin', act: 'disable' });
  expect(noticesIn(body)).toEqual(['Bạn không thể tự khoá hay đổi quyền của chính mình.']);
});

test.each([
  [{ name: 'Đỗ', role: 'officer', password: 'hai con gà trống đá' }, 'Tên: từ 2 đến 32'],
  [{ name: 'minh', role: 'chief', password: 'hai con gà trống đá' }, 'Quyền: hãy chọn'],
  [{ name: 'minh', role: 'viewer', password: 'matkhau123456' }, 'Mật khẩu: cần'],
  [{ name: 'lan', role: 'viewer', password: 'hai con gà trống đá' }, 'Đã có người dùng tên này.'],
])('a new user %j is refused with a sentence', async (fields, says) => {
  const { statusCode, body } = await visitor.send('/users', '/users', fields);
  expect(statusCode).toBe(422);
  expect(noticesIn(body)[0]).toContain(says);
  expect(memory.roles.size).toBe(3);
});

test('an officer changes their own password with the one before, and stays signed in here alone', async () => {
  const elsewhere = new Visitor(server);
  await elsewhere.signIn('admin');
  const next = 'hai con gà trống đá';
  for (const [current, password, says] of [
    ['wrong', next, 'Mật khẩu hiện tại không đúng.'],
    [consolePassword, 'matkhau123456', 'Mật khẩu: cần'],
  ] as const)
    expect(
      noticesIn((await visitor.send('/password', '/password', { current, password })).body)[0],
    ).toContain(says);
  expect((await elsewhere.get('/now')).statusCode).toBe(200);
  const { body } = await visitor.send('/password', '/password', { current: consolePassword, password: next });
  expect(noticesIn(body)[0]).toContain('Đã đổi mật khẩu.');
  expect((await visitor.get('/now')).statusCode).toBe(200);
  expect((await elsewhere.get('/now')).statusCode).toBe(303);
});

test('English is chosen once and stays, and every page has it', async () => {
  const { body } = await visitor.get('/now?lang=en');
  expect(body).toContain('<html lang="en">');
  for (const url of ['/now', '/day', '/calls', `/calls/${callId}`, '/account', '/users', '/password']) {
    const shown = textOf((await visitor.get(url)).body).replace('Tiếng Việt', '');
    expect(shown).not.toMatch(/[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/);
  }
  expect((await visitor.get('/now?lang=fr')).body).toContain('<html lang="en">');
});
