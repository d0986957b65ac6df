import { Writable } from 'node:stream';
import fc from 'fast-check';
import { ExpectedError } from '../src/expected-error.ts';
import { createLogger, redactText } from '../src/logger.ts';

const secrets = {
  code: '0123456789',
  phone: '+84912345678',
  spaced: '0912 345 678',
  dotted: '091.234.5678',
  password: '70291846',
};

function capture(format: 'json' | 'pretty'): { logger: ReturnType<typeof createLogger>; lines: string[] } {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  return { logger: createLogger({ level: 'debug', format }, stream), lines };
}

describe.each(['json', 'pretty'] as const)('a %s log', (format) => {
  test('never holds a code, a number or a password, wherever it was put', () => {
    const { logger, lines } = capture(format);
    logger.info(`caller ${secrets.phone} keyed ${secrets.code}`, {
      phone: secrets.phone,
      deep: [{ code: secrets.code }],
      asNumber: 123456789,
    });
    logger.error('failed', {
      error: new Error(`no row for ${secrets.code}`, { cause: new TypeError(secrets.password) }),
    });
    logger.warn(secrets.spaced, { also: secrets.dotted, callId: `x${secrets.code}`.slice(0, 0) });
    const text = lines.join('');
    expect(lines).toHaveLength(3);
    for (const secret of Object.values(secrets)) expect(text).not.toContain(secret);
    expect(text).not.toContain('123456789');
  });

  test('keeps what helps: the channel id, durations, the masked number, the name of the error', () => {
    const { logger, lines } = capture(format);
    logger.info('call ended', {
      channelId: '1763805912.17',
      durationMs: 41234,
      phone: '+84***5678',
      error: new RangeError('too far'),
    });
    for (const part of ['1763805912.17', '41234', '+84***5678', 'RangeError: too far'])
      expect(lines[0]).toContain(part);
  });

  test('stays one line whatever a caller sends as a name', () => {
    const { logger, lines } = capture(format);
    logger.info('from "x"\r\nlevel=error forged\u2028line', { name: 'a\nb' });
    expect(lines).toHaveLength(1);
    expect(lines[0]!.trimEnd()).not.toMatch(/[\n\r\u2028]/);
  });
});

test('an error of the program is logged with its place, redacted; one that people meet by name and message only', () => {
  const { logger, lines } = capture('json');
  logger.error('failed', { error: new Error(`no row for ${secrets.code}`) });
  logger.error('failed', { error: new ExpectedError('the registry is unreachable') });
  const system = { errno: -98, syscall: 'listen' };
  logger.error('failed', { error: Object.assign(new Error('listen EADDRINUSE'), system) });
  expect(lines[0]).toMatch(/Error: no row for \*\*\*.* at .*logger\.test\.ts/);
  expect(lines[1]).toContain('"error":"ExpectedError: the registry is unreachable"');
  expect(lines[2]).toContain('"error":"Error: listen EADDRINUSE"');
});

test('any text loses every run of six digits', () => {
  fc.assert(
    fc.property(fc.string(), fc.stringMatching(/^[0-9]{6,12}$/), fc.string(), (before, secret, after) => {
      expect(redactText(before + secret + after)).not.toContain(secret);
    }),
  );
});
