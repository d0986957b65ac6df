/** Every port, path and limit of the application, with its default; the table in the README is made from it. */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { shippedLimits } from './accounts/limits.ts';
import { isLoopback } from './machine/loopback.ts';

const port = z.coerce.number().int().min(1).max(65535);
const secret = z.string().min(8);
const count = z.coerce.number().int().min(1).max(1000);
const milliseconds = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

/** One environment variable: what it means, what is allowed, and what it is when unset. */
export interface Setting {
  readonly schema: z.ZodType;
  /** Absent: the variable must be set. */
  readonly default?: string;
  /** What is allowed, as an error message and the README say it. */
  readonly allowed: string;
  readonly meaning: string;
}

export const settings = {
  DATABASE_URL: {
    schema: z.url({ protocol: /^mysql$/ }),
    allowed: 'mysql://user:password@host:port/database',
    meaning: 'The registry: MySQL 8.4 or later, or MariaDB 10.11 or later',
  },
  DATABASE_OWNER_URL: {
    schema: z.literal('').or(z.url({ protocol: /^mysql$/ })),
    default: '',
    allowed: 'mysql://user:password@host:port/database, or empty (DATABASE_URL serves for everything)',
    meaning:
      'The user who owns the schema: for migrate, import and audit prune; never given to the application',
  },
  AUDIT_KEY: {
    schema: z.string().regex(/^[0-9a-f]{64}$/),
    allowed: '64 lower-case hexadecimal digits',
    meaning: 'Key of the seals over the audit log; keep a copy away from the database',
  },
  JOURNAL_DIRECTORY: {
    schema: z.string().transform((folder) => resolve(import.meta.dirname, '..', folder)),
    default: '.hotline/journal',
    allowed: 'a folder the application may write, absolute or as seen from the checkout; made if missing',
    meaning:
      'Calls under way, one small file each, for the process that comes after one that died; a disk of this machine',
  },
  NODE_NAME: {
    schema: z
      .string()
      .max(64)
      .regex(/^[\w.-]+$/)
      .transform((name) => (name === 'hostname' ? hostname() : name)),
    default: 'hostname',
    allowed: "letters, digits, _ . -; hostname: this machine's own name",
    meaning:
      'Machine named in the audit rows of calls taken here; must stay the same, since an application that starts closes what this machine left open',
  },
  HASH_KEY: {
    schema: z.string().regex(/^[0-9a-f]{64}$/),
    allowed: '64 lower-case hexadecimal digits',
    meaning:
      'Key of the hashes by which codes and phones are counted and audited; keep it for as long as the database',
  },
  ARI_URL: {
    schema: z.url({ protocol: /^https?$/ }),
    allowed: 'http://host:port or https://host:port',
    meaning: "Asterisk's HTTP server, without /ari",
  },
  ARI_USERNAME: { schema: z.string().min(1), allowed: 'a name', meaning: 'User of ari.conf' },
  ARI_PASSWORD: { schema: secret, allowed: 'at least 8 characters', meaning: 'Its password' },
  ARI_APPLICATION: {
    schema: z.string().regex(/^[a-z][a-z0-9-]*$/),
    default: 'hotline',
    allowed: 'lower-case letters, digits and hyphens',
    meaning: 'Name given to Stasis() in the dialplan',
  },
  AMI_HOST: {
    schema: z.string().min(1),
    default: '127.0.0.1',
    allowed: 'a host name or address',
    meaning: "Asterisk's manager interface",
  },
  AMI_PORT: { schema: port, default: '5038', allowed: '1 to 65535', meaning: 'Its port' },
  AMI_USERNAME: { schema: z.string().min(1), allowed: 'a name', meaning: 'User of manager.conf' },
  AMI_PASSWORD: { schema: secret, allowed: 'at least 8 characters', meaning: 'Its password' },
  HTTP_HOST: {
    schema: z.string().min(1),
    default: '127.0.0.1',
    allowed: 'an address of this machine',
    meaning: 'Where /health is served',
  },
  HTTP_PORT: { schema: port, default: '8080', allowed: '1 to 65535', meaning: 'Its port' },
  LOG_LEVEL: {
    schema: z.enum(['error', 'warn', 'info', 'debug']),
    default: 'info',
    allowed: 'error, warn, info or debug',
    meaning: 'How much is logged; no level holds a secret',
  },
  LOG_FORMAT: {
    schema: z.enum(['json', 'pretty']),
    default: 'json',
    allowed: 'json or pretty',
    meaning: 'One JSON object a line, or lines for people',
  },
  BHXH_CODE_LENGTHS: {
    schema: z.enum(['10', '12', '10,12']).transform((text) => text.split(',').map(Number)),
    default: '10',
    allowed: '10, 12 or 10,12',
    meaning: 'Accepted lengths of the code; each has its own announcement',
  },
  PASSWORD_LENGTH: {
    schema: z.coerce.number().int().min(6).max(12),
    default: '8',
    allowed: '6 to 12',
    meaning: 'Digits of a new password',
  },
  PASSWORD_VALID_MINUTES: {
    schema: z.enum(['0', '5', '10']).transform(Number),
    default: '10',
    allowed: '0 (no expiry), 5 or 10',
    meaning: 'Validity of a new password after its last reading; each has its own announcement',
  },
  ENTRIES_PER_CALL: {
    schema: count.max(10),
    default: '3',
    allowed: '1 to 10',
    meaning: 'How often the code may be keyed in one call',
  },
  MISMATCHES_PER_PHONE_HOUR: {
    schema: count,
    default: String(shippedLimits.mismatchesPerPhoneHour),
    allowed: '1 to 1000',
    meaning: 'Entries from one phone that did not match, in any 60 minutes, before it is told to try later',
  },
  MISMATCHES_PER_PHONE_DAY: {
    schema: count,
    default: String(shippedLimits.mismatchesPerPhoneDay),
    allowed: '1 to 1000',
    meaning: 'The same in any 24 hours',
  },
  MISMATCHES_PER_CODE_DAY: {
    schema: count,
    default: String(shippedLimits.mismatchesPerCodeDay),
    allowed: '1 to 1000',
    meaning:
      'Entries of one code that did not match, in any 24 hours, before every entry of it sounds like a mismatch',
  },
  RESETS_PER_ACCOUNT_DAY: {
    schema: count,
    default: String(shippedLimits.resetsPerAccountDay),
    allowed: '1 to 1000',
    meaning: 'New passwords of one account in any 24 hours',
  },
  RESETS_APART_SECONDS: {
    schema: z.coerce.number().int().min(0).max(86400),
    default: String(shippedLimits.resetsApartMs / 1000),
    allowed: '0 to 86400',
    meaning: 'From one new password of an account to the next',
  },
  CALLS_PER_PHONE: {
    schema: count,
    default: String(shippedLimits.callsPerPhone),
    allowed: '1 to 1000',
    meaning: 'Calls in branch 8 at once from one phone',
  },
  FIRST_DIGIT_TIMEOUT_MS: {
    schema: milliseconds(3000, 20000),
    default: '7000',
    allowed: '3000 to 20000',
    meaning: 'Silence after a question before it is asked again',
  },
  INTERDIGIT_TIMEOUT_MS: {
    schema: milliseconds(2000, 15000),
    default: '5000',
    allowed: '2000 to 15000',
    meaning: 'Silence between two keys before the entry counts as complete',
  },
  CALL_BACK: {
    schema: z.enum(['off', 'risk', 'always']),
    default: 'risk',
    allowed: 'off, risk or always',
    meaning:
      "When a password is only said in a call to the registered number; risk: after a code's limit, or when the carrier contradicts itself about the caller",
  },
  CALL_BACKS_PER_NUMBER_DAY: {
    schema: count.max(50),
    default: '3',
    allowed: '1 to 50',
    meaning: 'Calls back to one number in any 24 hours',
  },
  CALL_BACKS_AT_ONCE: {
    schema: count.max(500),
    default: '10',
    allowed: '1 to 500',
    meaning: 'Calls back promised or under way at the same time',
  },
  CALL_BACK_RING_SECONDS: {
    schema: z.coerce.number().int().min(10).max(60),
    default: '30',
    allowed: '10 to 60',
    meaning: 'How long the registered phone may ring',
  },
  CALL_BACK_DELAY_MS: {
    schema: milliseconds(1000, 20000),
    default: '3000',
    allowed: '1000 to 20000',
    meaning: "From the end of the caller's call to the call-back: the line has to be free again",
  },
  DATABASE_DEADLINE_MS: {
    schema: milliseconds(500, 2500),
    default: '2000',
    allowed: '500 to 2500',
    meaning: 'Longest wait for one answer of the registry',
  },
  DATABASE_POOL_SIZE: {
    schema: z.coerce.number().int().min(1).max(200),
    default: '20',
    allowed: '1 to 200',
    meaning: 'Connections to the registry',
  },
  SMS_GATEWAY_URL: {
    schema: z.literal('').or(
      z
        .url({ protocol: /^https?$/ })
        // Only there may personal data travel in the clear.
        .refine((url) => url.startsWith('https:') || isLoopback(URL.parse(url)?.hostname ?? '')),
    ),
    default: '',
    allowed: 'https://…, http://… on loopback, or empty (off)',
    meaning:
      'HTTP SMS gateway that tells owners of each reset; while it is off the messages wait in the database',
  },
  SMS_GATEWAY_SECRET: {
    schema: z.literal('').or(z.string().min(16)),
    default: '',
    allowed: 'at least 16 characters, the same as at the gateway',
    meaning: 'Signs every message (HMAC-SHA-256 over time and body)',
  },
  SMS_DEADLINE_MS: {
    schema: milliseconds(500, 30000),
    default: '5000',
    allowed: '500 to 30000',
    meaning: "Longest wait for the gateway's answer",
  },
  SMS_MAX_ATTEMPTS: {
    schema: z.coerce.number().int().min(1).max(100),
    default: '20',
    allowed: '1 to 100',
    meaning: 'Failed attempts, from 5 s to 2 h apart, after which a message is given up',
  },
  SMS_RECEIVER_PORT: {
    schema: port,
    default: '8090',
    allowed: '1 to 65535',
    meaning: 'Where the receiver for development listens, on loopback',
  },
  MAX_CALLS: {
    schema: z.coerce.number().int().min(1).max(2000),
    default: '200',
    allowed: '1 to 2000',
    meaning:
      'Calls served at once; further callers hear that all lines are busy, and the operator is offered',
  },
  DRAIN_SECONDS: {
    schema: z.coerce.number().int().min(0).max(900),
    default: '180',
    allowed: '0 to 900',
    meaning: 'How long running calls may go on after SIGTERM, before they hear an apology and end',
  },
} satisfies Record<string, Setting>;
