/** The password that an admin gives somebody on *Users*. */
import { noticesIn, openConsole, Visitor } from '../support/console/browse.ts';
import { MemoryConsole } from '../support/console/memory-console.ts';

let server: Awaited<ReturnType<typeof openConsole>>;
let visitor: Visitor;
let other: Visitor;
beforeEach(async () => {
  server = await openConsole(new MemoryConsole());
  [visitor, other] = [new Visitor(server), new Visitor(server)];
  await visitor.signIn('admin');
  await other.signIn('lan');
});
afterEach(() => server.close());

const give = (name: string, password: string) =>
  visitor.send('/users', '/users/change', { name, act: 'password', password });
const isSignedIn = async (who: Visitor) => (await who.get('/password')).statusCode === 200;

test('an admin gives another user a password, whose sessions end', async () => {
  const { headers } = await give('lan', 'hai con gà trống đá');
  expect(headers.location).toBe('/users?done=1');
  expect(await isSignedIn(other)).toBe(false);
});

test('their own is changed only where the current one is asked for', async () => {
  const { statusCode, body } = await give('admin', 'hai con gà trống đá');
  expect([statusCode, noticesIn(body)]).toEqual([
    422,
    ['Hãy đổi mật khẩu của chính bạn ở trang «Đổi mật khẩu của tôi».'],
  ]);
  expect(await isSignedIn(visitor)).toBe(true);
});

test.each(['matkhau123456', 'lan.lan.lan.1', 'Pbx-1.Pbx-1.2026'])('%s is guessed first', async (password) => {
  const { statusCode, body } = await give('lan', password);
  expect([statusCode, noticesIn(body)]).toEqual([422, [expect.stringContaining('Mật khẩu: cần')]]);
  expect(await isSignedIn(other)).toBe(true);
});
