import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { maskPhone, normaliseDialled, normalisePhone, readPhone } from '../../src/accounts/phone-number.ts';

describe('on a trunk that writes national numbers', () => {
  test.each([
    ['912345678', '+84912345678'],
    ['841234567', '+84841234567'],
    ['840912345678', '+84912345678'],
    ['+840912345678', '+84912345678'],
    ['2838123456', '+842838123456'],
    ['8402838123456', '+842838123456'],
    ['+8402838123456', '+842838123456'],
    ['00840912345678', '+84912345678'],
    ['0912345678', '+84912345678'],
    ['+84912345678', '+84912345678'],
  ])('%s is %s, and without the setting only the usual forms are', (raw, e164) => {
    expect(normalisePhone(raw, 'national')).toBe(e164);
    expect(normalisePhone(raw)).toBe(/^(0[1-9]|\+84[1-9])/.test(raw) ? e164 : null);
  });

  test.each(['12345678', '112345678', '9123456789', '84912', '1900906', '66912345678', '910'])(
    '%s is nobody',
    (raw) => {
      expect(normalisePhone(raw, 'national')).toBeNull();
    },
  );
});

describe('a phone number', () => {
  test.each([
    '0912345678',
    '+84912345678',
    '84912345678',
    '0084912345678',
    '0912 345 678',
    '0912.345.678',
    '(+84) 912-345-678',
    '(091) 234-5678',
  ])('written %s is +84912345678', (raw) => {
    expect(normalisePhone(raw)).toBe('+84912345678');
  });

  test.each([
    ['0841234567', '+84841234567'],
    ['84841234567', '+84841234567'],
    ['+84841234567', '+84841234567'],
  ])('%s: 84 after the trunk 0 is a mobile prefix, not the country code', (raw, e164) => {
    expect(normalisePhone(raw)).toBe(e164);
  });

  test.each([
    ['02838123456', '+842838123456'],
    ['(028) 3812 3456', '+842838123456'],
    ['+842438123456', '+842438123456'],
  ])('%s is a landline', (raw, e164) => {
    expect(normalisePhone(raw)).toBe(e164);
  });

  test.each([
    ['an emergency number', '113'],
    ['the hotline itself', '19009068'],
    ['a freephone number', '18001234'],
    ['a foreign number', '+14155550100'],
    ['a foreign number that looks like one of ours', '+840912345678'],
    ['a number without its trunk 0', '912345678'],
    ['a digit too few', '091234567'],
    ['a digit too many', '09123456789'],
    ['a prefix never assigned', '0111234567'],
    ['an area code never assigned', '0201234567'],
  ])('%s is refused', (_, raw) => {
    expect(normalisePhone(raw)).toBeNull();
  });

  test.each([
    ['quotation marks', '"0912345678"'],
    ['an ampersand', '0912345678&SIP/6001'],
    ['a dialplan expression', '${SHELL(reboot)}'],
    ['a line break', '0912345678\r\nAction: Originate'],
    ['a line break at the end', '0912345678\n'],
    ['200 digits', '0912345678'.repeat(20)],
    ['200 separators', `0${' '.repeat(200)}912345678`],
    ['full-width digits', '０９１２３４５６７８'],
    ['Arabic digits', '٠٩١٢٣٤٥٦٧٨'],
    ['an extension', '0912345678;ext=1'],
    ['a SIP address', 'sip:0912345678@example.com'],
    ['an accent', '0912345678é'],
    ['a NUL', '0912345678\0'],
    ['words', 'anonymous'],
    ['an empty string', ''],
  ])('hostile or empty: %s is refused', (_, raw) => {
    expect(normalisePhone(raw)).toBeNull();
  });

  test('is in use if the library says so, whichever number with its first four digits was asked for before', () => {
    const beginnings = Array.from({ length: 9000 }, (_, index) => String(1000 + index));
    const numbers = [9, 10].flatMap((length) =>
      beginnings.flatMap((beginning) => ['0', '5', '9'].map((digit) => beginning.padEnd(length, digit))),
    );
    const isInUse = (national: string) => {
      const number = parsePhoneNumberFromString(`+84${national}`);
      return number?.isValid() === true && /^(MOBILE|FIXED_LINE)$/.test(number.getType() ?? '');
    };
    const differing = numbers.filter((national) => {
      const read = readPhone(`+84${national}`);
      return !(read?.renumbered ?? false) && (read !== null) !== isInUse(national);
    });
    expect(differing).toEqual([]);
  });

  test('any text at all gives null or a Vietnamese E.164 number', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'0123456789+84 .-()') }),
    );
    fc.assert(
      fc.property(text, (raw) => /^\+84[235789][0-9]{8,9}$/.test(normalisePhone(raw) ?? '+84912345678')),
      { numRuns: 5000 },
    );
  });
});

describe('a mobile number from before 2018', () => {
  // standards.md, "Numbers in Vietnam"
  // prettier-ignore
  test.each([
    ['120', '70'], ['121', '79'], ['122', '77'], ['126', '76'], ['128', '78'],
    ['123', '83'], ['124', '84'], ['125', '85'], ['127', '81'], ['129', '82'],
    ['162', '32'], ['163', '33'], ['164', '34'], ['165', '35'], ['166', '36'], ['167', '37'], ['168', '38'], ['169', '39'],
    ['186', '56'], ['188', '58'], ['199', '59'],
  ])('0%s is now 0%s, and the last seven digits stay', (before, now) => {
    for (const lead of ['0', '84', '+84']) expect(readPhone(`${lead}${before}4567890`)).toEqual({ e164: `+84${now}4567890`, renumbered: true });
  });

  test('a current number is not converted', () => {
    expect(readPhone('0834567890')).toEqual({ e164: '+84834567890', renumbered: false });
  });
});

describe('a number that is dialled', () => {
  test.each([
    '19009068',
    '1900.9068',
    '1900 9068',
    '8419009068',
    '+8419009068',
    '008419009068',
    '+84 1900 9068',
  ])('written %s is the hotline', (raw) => {
    expect(normaliseDialled(raw)).toBe('+8419009068');
  });

  test.each([
    ['02838445566', '+842838445566'],
    ['842838445566', '+842838445566'],
    ['0841234567', '+84841234567'],
    ['84841234567', '+84841234567'],
    ['115', '+84115'],
  ])('%s is %s', (raw, one) => {
    expect(normaliseDialled(raw)).toBe(one);
  });

  test.each([
    ['a North American number', '14155550100'],
    ['a foreign number', '+19009068'],
    ['a landline without its trunk 0, which could be a foreign number', '2438223344'],
    ['an extension of a PBX', 's'],
    ['a number with parameters', '19009068;phone-context=+84'],
    ['a number with more text', '19009068\n'],
    ['Arabic digits', '١٩٠٠٩٠٦٨'],
    ['200 digits', '19009068'.repeat(25)],
    ['an empty string', ''],
  ])('%s cannot be compared', (_, raw) => {
    expect(normaliseDialled(raw)).toBeNull();
  });

  test('two numbers have the same form if and only if they are the same number in Vietnam', () => {
    const national = fc.stringMatching(/^[1-9][0-9]{2,9}$/);
    const lead = fc.constantFrom('0', '84', '+84', '0084');
    fc.assert(
      fc.property(
        national,
        national,
        lead,
        lead,
        (one, other, a, b) => (normaliseDialled(a + one) === normaliseDialled(b + other)) === (one === other),
      ),
    );
    fc.assert(
      fc.property(
        national,
        lead,
        lead,
        (number, a, b) => normaliseDialled(a + number) === normaliseDialled(b + number),
      ),
    );
  });
});

describe('a masked number', () => {
  test('keeps the network prefix and the last three digits', () => {
    expect(maskPhone('+84912345678')).toBe('+84***5678');
    expect(maskPhone('+842838123456')).toBe('+84***3456');
  });

  test('shows nothing of text that is not an E.164 number', () => {
    expect(maskPhone('')).toBe('');
    for (const text of ['0912345678', '113', 'anonymous', '+8491234567é'])
      expect(maskPhone(text)).toBe('***');
  });
});
