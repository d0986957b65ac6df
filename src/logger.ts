/**
 * Winston, redacted by construction: no run of six or more digits is ever logged, and so no code,
 * phone number or password, however deep it sits in an error.
 */
import type { Writable } from 'node:stream';
import { createLogger as createWinston, format, transports, type Logger } from 'winston';
import { isExpected } from './expected-error.ts';
import { LogOutput } from './log-output.ts';

export type { Logger };

/** Fields made of random values, the clock, a secret key or an IP address only; the PBX's channel id is its clock. */
const safeFields = new Set([
  'timestamp',
  'callId',
  'channelId',
  'instanceId',
  'resetId',
  'seal',
  'fromAddress',
  'toAddress',
]);

/** A run of digits, also with the separators people write in numbers. Masked phones have none. */
const digitRun = /\d(?:[ .\-()]?\d){5,}/g;

/** Replaces every run of digits by `***`, and what would break a line of the log by a space. */
export function redactText(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are exactly what must go
  return text.replace(digitRun, '***').replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
}

function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return redactText(String(value));
  if (typeof value === 'number') return Math.abs(value) < 1e7 ? value : '***';
  if (value instanceof Error) return describeError(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 4) return '…';
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return redactFields(value, depth + 1);
}

function redactFields(fields: object, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      safeFields.has(name) && typeof value === 'string'
        ? value.replace(/[^\w.:+\-]/g, '')
        : redact(value, depth),
    ]),
  );
}

/** Name and message; the stack too where the error is a fault of the program. Both are redacted. */
function describeError(error: Error): string {
  const text = isExpected(error) ? `${error.name}: ${error.message}` : (error.stack ?? String(error));
  return redactText(text) + (error.cause instanceof Error ? ` (${describeError(error.cause)})` : '');
}

const redacted = format((info) => {
  const { level, message, ...fields } = info;
  const symbols = Object.fromEntries(
    Object.getOwnPropertySymbols(info).map((symbol) => [symbol, info[symbol as unknown as string]]),
  );
  return { ...redactFields(fields), level, message: String(redact(message)), ...symbols };
});

const pretty = format.printf(({ timestamp, level, message, ...fields }) => {
  const details = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [`${String(timestamp).slice(11, 23)} ${level.padEnd(5)} ${String(message)}`, ...details].join('  ');
});

/**
 * A logger to standard output, or another stream. `level` and `format` are those of the configuration.
 * Logging never waits, throws or ends the process, whatever becomes of the stream.
 */
export function createLogger(
  options: { level: string; format: 'json' | 'pretty' },
  target: Writable = process.stdout,
): Logger {
  const output = new LogOutput(target, (lines) => {
    logger.warn('lines of this log were dropped: nobody read it, or it could not be written', { lines });
  });
  const logger = createWinston({
    level: options.level,
    format: format.combine(
      format.timestamp(),
      redacted(),
      options.format === 'json' ? format.json() : pretty,
    ),
    transports: [new transports.Stream({ stream: output, eol: '\n' })],
  });
  return logger;
}
