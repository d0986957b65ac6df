import { z } from 'zod';
import { isLoopback } from '../machine/loopback.ts';
import { isUsableSecret } from '../notifications/signature.ts';
import { authoritiesOf, milliseconds, port, type Setting } from './setting.ts';

const gatewaySecret = z.literal('').or(z.string().min(16).refine(isUsableSecret));

export const messageSettings = {
  SMS_GATEWAY_URL: {
    schema: z.literal('').or(
      z
        .url({ protocol: /^https?$/ })
        // Personal data may travel in the clear on loopback only.
        .refine((url) => url.startsWith('https:') || isLoopback(URL.parse(url)?.hostname ?? '')),
    ),
    default: '',
    allowed: 'https://…, http://… on loopback, or empty (off)',
    meaning:
      'HTTP SMS gateway that tells owners of each reset; while it is off the messages wait in the database for SMS_MAX_AGE_HOURS',
  },
  SMS_GATEWAY_SECRET: {
    schema: gatewaySecret,
    default: '',
    allowed: 'at least 16 characters, or whsec_ and base64 of at least 24 bytes; the same as at the gateway',
    meaning: 'Signs every message, as the Standard Webhooks specification says',
  },
  SMS_GATEWAY_SECRET_BEFORE: {
    schema: gatewaySecret,
    default: '',
    allowed: 'as SMS_GATEWAY_SECRET, or empty',
    meaning: 'Its earlier value, which signs every message too, until the gateway knows the new one',
  },
  SMS_GATEWAY_CA_FILE: authoritiesOf('the gateway'),
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
    meaning:
      'Failed attempts, from 5 s to 2 h apart, after which a message is given up; those of an outage of the gateway do not count',
  },
  SMS_MAX_AGE_HOURS: {
    schema: z.coerce.number().int().min(1).max(720),
    default: '72',
    allowed: '1 to 720',
    meaning:
      'Age at which a message is given up, whether it was tried or not: its owner is told soon or not at all',
  },
  SMS_RECEIVER_PORT: {
    schema: port,
    default: '8090',
    allowed: '1 to 65535',
    meaning: 'Port of the SMS receiver for development, on loopback',
  },
} satisfies Record<string, Setting>;
