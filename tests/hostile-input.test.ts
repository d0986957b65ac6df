/** Any input from outside is either accepted as documented, or refused without being repeated. */
import fc from 'fast-check';
import { withoutLineBreaks } from '../src/asterisk/ami/ami.ts';
import { readEvent, readMessage } from '../src/asterisk/ari/ari-events.ts';
import { readPassport } from '../src/asterisk/ari/stir-shaken.ts';
import { ConfigError, describeSettings, readSettings } from '../src/config.ts';
import { readHeader } from '../src/mysql/import/account-header.ts';
import { readAccountLine } from '../src/mysql/import/account-line.ts';

const names = describeSettings().map(({ name }) => name);
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.stringMatching(/^[0-9+ .()-]{0,30}$/),
  fc.constantFrom('', '0', '-1', '1e9', 'Infinity', '0x10', ' 8 ', 'true', '\r\nAction: Logoff'),
);

test('a setting with any text is accepted, or refused by name and never repeated', () => {
  fc.assert(
    fc.property(fc.constantFrom(...names), hostile, (name, text) => {
      try {
        readSettings([name], { [name]: text });
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
        expect((error as Error).message.startsWith(name)).toBe(true);
        if (text.trim().length > 12) expect((error as Error).message).not.toContain(text);
      }
    }),
    { numRuns: 1000 },
  );
});

test('a number that is accepted is an integer', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      for (const name of ['MAX_CALLS', 'DRAIN_SECONDS', 'HTTP_PORT', 'SMS_MAX_ATTEMPTS'] as const) {
        try {
          expect(Number.isInteger(readSettings([name], { [name]: text })[name])).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
        }
      }
    }),
  );
});

test("an import line is an account in the registry's form, or a fault that does not repeat it", () => {
  const header = readHeader('bhxh_code,phone,password_hash', null);
  if ('reason' in header) throw new Error(header.reason);
  const code = fc.oneof(hostile, fc.stringMatching(/^[0-9]{9,12}$/));
  const phone = fc.oneof(hostile, fc.stringMatching(/^0[35789][0-9]{8}$/));
  const hash = fc.oneof(
    hostile,
    fc.constant(''),
    fc.constant('$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA'),
  );
  fc.assert(
    fc.property(fc.oneof(fc.tuple(code, phone, hash), fc.array(hostile, { maxLength: 6 })), (fields) => {
      const line = readAccountLine(fields, header, { codeLengths: [10, 12], landlinesBefore2017: 'by-form' });
      if ('reason' in line) {
        for (const field of fields)
          if (field.trim().length > 6 && !/^[0-9 ]*$/.test(field)) expect(line.reason).not.toContain(field);
        expect(line.reason).not.toMatch(/\d{5}/);
      } else {
        expect(line.bhxhCode).toMatch(/^(\d{10}|\d{12})$/);
        expect(line.phone).toMatch(/^\+84\d{9,10}$/);
        expect(line.passwordHash ?? '$').toMatch(/^\$[^\s]*$/);
      }
    }),
    { numRuns: 2000 },
  );
});

test('nothing in an AMI value can start a new line', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('\r', '\n', '\r\n', 'Action: Logoff', ' ', 'x')), (parts) => {
      expect(withoutLineBreaks(parts.join(''))).not.toMatch(/[\r\n]/);
    }),
  );
});

const base64url = (text: string): string => Buffer.from(text).toString('base64url');
/** Claims of a signature, from well-formed to any JSON. */
const claims = fc.oneof(
  fc.record({
    dest: fc.oneof(
      fc.record({ tn: fc.oneof(fc.array(hostile), fc.array(fc.jsonValue()), hostile) }),
      fc.jsonValue(),
    ),
    orig: fc.oneof(fc.record({ tn: fc.oneof(hostile, fc.jsonValue()) }), fc.jsonValue()),
  }),
  fc.jsonValue(),
);

test('an Identity header with any text gives numbers as text, or none, and never throws', () => {
  const payload = fc.oneof(
    claims.map((value) => JSON.stringify(value)),
    hostile,
  );
  const token = payload.map((text) => `e30.${base64url(text)}.c2ln;ppt=shaken`);
  fc.assert(
    fc.property(
      fc.oneof(
        hostile,
        token,
        fc.tuple(token, hostile).map(([first, second]) => `${second}${first}`),
      ),
      (header) => {
        const passport = readPassport(header);
        if (passport !== null)
          for (const number of [passport.caller, ...passport.called]) expect(typeof number).toBe('string');
      },
    ),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(hostile, fc.array(hostile, { maxLength: 5 }), (caller, called) => {
      const header = `e30.${base64url(JSON.stringify({ dest: { tn: called }, orig: { tn: caller } }))}.c2ln;ppt=shaken`;
      expect(readPassport(header)).toEqual(
        header.length > 4096 ? null : JSON.parse(JSON.stringify({ caller, called })),
      );
    }),
  );
});

/** Events like those of Asterisk, with any field missing or wrong. */
const event = fc.record(
  {
    type: fc.constantFrom(
      'StasisStart',
      'StasisEnd',
      'ChannelDtmfReceived',
      'PlaybackFinished',
      'ApplicationReplaced',
      '__proto__',
      'toString',
    ),
    timestamp: fc.oneof(fc.constant('2026-11-22T10:03:36.123+0000'), hostile, fc.jsonValue()),
    channel: fc.oneof(
      fc.record({
        id: hostile,
        state: hostile,
        caller: fc.oneof(fc.record({ number: hostile }), fc.jsonValue()),
      }),
      fc.jsonValue(),
    ),
    playback: fc.oneof(fc.record({ id: hostile, target_uri: hostile, state: hostile }), fc.jsonValue()),
    args: fc.oneof(fc.array(hostile), fc.jsonValue()),
    digit: fc.oneof(hostile, fc.jsonValue()),
    duration_ms: fc.jsonValue(),
  },
  { requiredKeys: ['type'] },
);

test('an ARI message of any form gives an event with fields of the right types, or null, and never throws', () => {
  fc.assert(
    fc.property(fc.oneof(event, fc.jsonValue()), (message) => {
      const read = readEvent(message);
      if (read === null) return;
      if ('channel' in read)
        expect([typeof read.channel.id, typeof read.channel.caller.number]).toEqual(['string', 'string']);
      if ('playback' in read) expect(typeof read.playback.target_uri).toBe('string');
      if (read.type === 'StasisStart')
        expect(read.args.every((argument) => typeof argument === 'string')).toBe(true);
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.oneof(hostile, fc.json()), (text) => {
      expect([null, 'string']).toContain(readMessage(text) === null ? null : typeof readMessage(text));
    }),
  );
});
