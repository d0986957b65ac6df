/** What an officer asks the console about a complaint, and what it answers beside the facts. */
import type { ShownCall } from '../../src/registry/shown-call.ts';
import {
  noticesIn,
  openVisited,
  textOf,
  type Visitor,
  type VisitedConsole,
} from '../support/console/browse.ts';
import { type MemoryConsole } from '../support/console/memory-console.ts';

let memory: MemoryConsole;
let server: VisitedConsole['server'];
let visitor: Visitor;
beforeEach(async () => {
  ({ memory, server, visitor } = await openVisited('lan'));
});
afterEach(() => server.close());

async function showCall(change: Partial<ShownCall>): Promise<string> {
  const call = { ...memory.calls[0]!, ...change };
  memory.calls = [call];
  return textOf((await visitor.get(`/calls/${call.callId}`)).body);
}

test('calls are found by the time of day, whose last minute is whole', async () => {
  const { body } = await visitor.get('/calls?from=2026-11-24&fromTime=14:10&to=2026-11-24&toTime=14:30');
  expect(memory.filters.at(-1)).toEqual({
    from: new Date('2026-11-24T14:10:00+07:00'),
    to: new Date('2026-11-24T14:31:00+07:00'),
  });
  expect(body).toMatch(/<input[^>]*type="time" value="14:10"/);
  expect(memory.acts.at(-1)?.what).toMatchObject({ filters: { fromTime: '14:10', toTime: '14:30' } });
});

test.each([
  ['from=2026-11-24&toTime=14:30', '2026-11-24T00:00:00+07:00', '2026-11-24T14:31:00+07:00'],
  ['to=2026-11-24&fromTime=23:59', '2026-11-24T23:59:00+07:00', '2026-11-25T00:00:00+07:00'],
])('a time without its day is one of the other day: %s', async (query, from, to) => {
  await visitor.get(`/calls?${query}`);
  expect(memory.filters.at(-1)).toEqual({ from: new Date(from), to: new Date(to) });
});

test('a time alone is one of today', async () => {
  const { body } = await visitor.get('/calls?fromTime=00:00&toTime=23:59');
  const { from, to } = memory.filters.at(-1) as { from: Date; to: Date };
  expect(to.getTime() - from.getTime()).toBe(86_400_000);
  expect(body).toMatch(/id="from" name="from" type="date" value="20/);
});

test.each([
  ['fromTime=24:00', 'Từ giờ: cần giờ và phút, dạng 14:05.'],
  ['toTime=2pm', 'Đến giờ: cần giờ và phút, dạng 14:05.'],
  ['from=2026-11-24&fromTime=15:00&to=2026-11-24&toTime=14:00', 'Đến ngày, giờ phải sau Từ ngày, giờ.'],
  ['from=2026-11-25&to=2026-11-24', 'Đến ngày, giờ phải sau Từ ngày, giờ.'],
])('the list of %s is refused with the field', async (query, says) => {
  const { statusCode, body } = await visitor.get(`/calls?${query}`);
  expect([statusCode, noticesIn(body)]).toEqual([422, [says]]);
});

test.each([
  ['code', '0123.456 789', 'hãy tìm theo số điện thoại'],
  ['phone', '0912 345 678', 'Cuộc gọi ẩn số'],
])('a search by %s that finds nothing says why that may be', async (kind, sought, says) => {
  memory.calls = [];
  await visitor.send('/calls', '/calls/search', { kind, sought });
  expect(textOf((await visitor.get('/calls')).body)).toContain(says);
});

test('a search that is refused keeps what was typed', async () => {
  const { body } = await visitor.send('/calls', '/calls/search', { kind: 'code', sought: '01234x' });
  expect(body).toMatch(/<option value="code" selected/);
  expect(body).toMatch(/name="sought" value="01234x"/);
});

test('a password whose time is over is said to have expired', async () => {
  const over = await showCall({ validUntil: new Date(Date.now() - 1000) });
  expect(over).toContain('Mật khẩu mới đã hết hạn lúc');
  expect(over).not.toContain('Mật khẩu dùng được sau cuộc gọi');
  expect(await showCall({ validUntil: new Date(Date.now() + 600_000) })).toContain(
    'Mật khẩu mới dùng được đến',
  );
});

test('a call that its caller ended says what the caller had been refused before', async () => {
  const hungUp = { outcome: 'hung-up', reason: 'the caller hung up', validUntil: null } as const;
  expect(await showCall({ ...hungUp, mismatches: 0 })).not.toContain('Cũng trong cuộc gọi này');
  expect(await showCall({ ...hungUp, mismatches: 2 })).toContain('Mã số không khớp: 2. Kiểm tra mã số BHXH');
  const steps: ShownCall['steps'] = [{ atMs: 9, kind: 'opening', detail: 'phone-over' }];
  expect(await showCall({ ...hungUp, mismatches: 0, steps })).toContain(
    'nhập sai quá nhiều lần trong một giờ',
  );
});

test('Figures says whether there were waves of mismatches', async () => {
  await visitor.signIn('xem');
  expect(textOf((await visitor.get('/day')).body)).toContain('1 đợt; giờ và số lần ở bảng số.');
});

const notKept = 'Các bước của cuộc gọi này không được ghi, hoặc đã quá hạn lưu.';
const beingSaved = 'các bước đang được lưu';

test.each<[string, Partial<ShownCall>, string]>([
  ['a changed call that has just ended', { outcome: 'changed' }, beingSaved],
  [
    'a changed call of an hour ago',
    { outcome: 'changed', closedAt: new Date(Date.now() - 3_600_000) },
    notKept,
  ],
  [
    'another call, whose steps come with its row',
    { outcome: 'hung-up', reason: 'the caller hung up' },
    notKept,
  ],
])('the page of a call without steps says why there are none: %s', async (_, change, says) => {
  const shown = await showCall({ closedAt: new Date(), steps: null, ...change });
  expect([notKept, beingSaved].filter((each) => shown.includes(each))).toEqual([says]);
});
