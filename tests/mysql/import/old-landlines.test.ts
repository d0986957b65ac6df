import type { OldLandlineRule } from '../../../src/mysql/import/old-landline-rules.ts';
import { readerInFolder } from './read-file.ts';

const read = readerInFolder();

describe('a number that was a landline until 2017', () => {
  const readPhone = async (phone: string, rule: OldLandlineRule) => {
    const [line] = await read(`bhxh_code,phone\n0123456789,${phone}\n`, [10], rule);
    return 'reason' in line! ? line.reason : `${line!.phone} ${line!.note}`;
  };
  const ambiguous = /^a landline until 2017, a mobile number today/;

  test.each([
    ['08 3812 3456', '+842838123456', '+84838123456'],
    ['(08) 38123456', '+842838123456', '+84838123456'],
    ['+84 8 3812 3456', '+842838123456', '+84838123456'],
    ['058.3812345', '+842583812345', '+84583812345'],
    ['(038) 381 2345', '+842383812345', '+84383812345'],
    ['038-381 2345', '+842383812345', '+84383812345'],
    ['0 58 3812345', '+842583812345', '+84583812345'],
    ['(0) 8 38123456', '+842838123456', '+84838123456'],
    ['84-8-38123456', '+842838123456', '+84838123456'],
    ['(84-8) 38123456', '+842838123456', '+84838123456'],
    ['(84.8) 3812 3456', '+842838123456', '+84838123456'],
    ['(+84 58) 3812345', '+842583812345', '+84583812345'],
    ['(84-58)3812345', '+842583812345', '+84583812345'],
    ['(0084-58) 381 2345', '+842583812345', '+84583812345'],
    ['+84(8)38123456', '+842838123456', '+84838123456'],
    ['(+84)(58)381 2345', '+842583812345', '+84583812345'],
    ['0084 8 3812 3456', '+842838123456', '+84838123456'],
    ['00 84 8 3812 3456', '+842838123456', '+84838123456'],
    ['+ 84 58 3812345', '+842583812345', '+84583812345'],
    ['\uFF0884\uFF0D8\uFF0938123456', '+842838123456', '+84838123456'],
    ['+84 (0)8 38123456', '+842838123456', '+84838123456'],
    ['+84 (08) 3812 3456', '+842838123456', '+84838123456'],
    ['84-08-38123456', '+842838123456', '+84838123456'],
    ['(84-058) 381 2345', '+842583812345', '+84583812345'],
  ])(
    'and is written as one (%s) is rejected, unless the admin says otherwise',
    async (phone, landline, mobile) => {
      expect(await readPhone(phone, 'by-form')).toMatch(ambiguous);
      expect(await readPhone(phone, 'reject')).toMatch(ambiguous);
      expect(await readPhone(phone, 'convert')).toBe(`${landline} old-landline-converted`);
      expect(await readPhone(phone, 'keep')).toBe(`${mobile} old-landline-kept`);
    },
  );

  test.each([
    ['0838123456', '+842838123456', '+84838123456'],
    ['058 381 2345', '+842583812345', '+84583812345'],
    ['0763812345', '+842963812345', '+84763812345'],
    ['(0583) 812 345', '+842583812345', '+84583812345'],
    ['(+84) 58 381 2345', '+842583812345', '+84583812345'],
    ['840838123456', '+842838123456', '+84838123456'],
    ['+84 (0) 838 123 456', '+842838123456', '+84838123456'],
    ['84-0583-812-345', '+842583812345', '+84583812345'],
  ])(
    'and is written as a mobile of today (%s) is loaded as one, with a note',
    async (phone, landline, mobile) => {
      expect(await readPhone(phone, 'by-form')).toBe(`${mobile} old-landline-kept`);
      expect(await readPhone(phone, 'keep')).toBe(`${mobile} old-landline-kept`);
      expect(await readPhone(phone, 'reject')).toMatch(ambiguous);
      expect(await readPhone(phone, 'convert')).toBe(`${landline} old-landline-converted`);
    },
  );

  test.each([
    ['04 3812 3456', '+842438123456'],
    ['0511 3812345', '+842363812345'],
    ['0240.3812345', '+842043812345'],
    ['840438123456', '+842438123456'],
  ])('and cannot be a mobile (%s) gets its new area code, with a note', async (phone, landline) => {
    expect(await readPhone(phone, 'by-form')).toBe(`${landline} old-landline-converted`);
    expect(await readPhone(phone, 'convert')).toBe(`${landline} old-landline-converted`);
    for (const rule of ['reject', 'keep'] as const)
      expect(await readPhone(phone, rule)).toMatch(/^a landline with its area code from before 2017/);
  });

  test.each([
    '0912345678',
    '0989999999',
    '0881234567',
    '0581234567',
    '028 3812 3456',
    '0203 3812345',
    '01234567890',
    '+84 028 3812 3456',
    '(84-28) 3812 3456',
  ])('is told from one that never was (%s)', async (phone) => {
    for (const rule of ['by-form', 'convert', 'reject', 'keep'] as const)
      expect(await readPhone(phone, rule)).toMatch(/ null$/);
  });
});
