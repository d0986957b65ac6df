import { bareEnvironment, toolEnvironment } from '../../src/local/environment.ts';

const kept = { ...process.env };

beforeEach(() => {
  process.env = {
    PATH: '/usr/bin',
    TZ: 'Asia/Ho_Chi_Minh',
    DATABASE_OWNER_URL: 'mysql://owner:secret@127.0.0.1/hotline',
    SMS_GATEWAY_SECRET: 'secret',
    https_proxy: 'http://proxy.example:3128',
  };
});

afterEach(() => {
  process.env = kept;
});

test('PBX and database get no setting of the hotline in their environment', () => {
  expect(bareEnvironment()).toEqual({ PATH: '/usr/bin', TZ: 'Asia/Ho_Chi_Minh' });
});

test("the machine's tools keep what they may need, such as a proxy, and get no setting of the hotline", () => {
  expect(toolEnvironment()).toEqual({
    PATH: '/usr/bin',
    TZ: 'Asia/Ho_Chi_Minh',
    https_proxy: 'http://proxy.example:3128',
  });
});
