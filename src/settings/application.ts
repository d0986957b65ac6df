import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { isInstalled, ownRecordings } from '../installation.ts';
import { port, type Setting } from './setting.ts';

export const applicationSettings = {
  NODE_NAME: {
    schema: z
      .string()
      .max(64)
      .regex(/^[\w.-]+$/)
      .transform((name) => (name === 'hostname' ? hostname() : name)),
    default: 'hostname',
    allowed: "letters, digits, _ . -; hostname: this machine's own name",
    meaning:
      'Machine named in the audit rows of calls taken here; one of its own for each, since a second process of the same name does not start',
  },
  JOURNAL_DIRECTORY: {
    schema: z.string().transform((folder) => resolve(import.meta.dirname, '../..', folder)),
    default: isInstalled ? '/var/lib/hotline/journal' : '.hotline/journal',
    allowed: 'a folder the application may write, absolute or as seen from the checkout; made if missing',
    meaning:
      'Calls under way, one small file each and one for their steps, for the process that comes after one that died; a disk of this machine. In the package: `/var/lib/hotline/journal`',
  },
  RECORDINGS_DIRECTORY: {
    schema: z.string().transform((folder) => resolve(import.meta.dirname, '../..', folder)),
    default: isInstalled ? ownRecordings : '.hotline/recordings',
    allowed: 'a folder the application may write, absolute or as seen from the checkout; made if missing',
    meaning:
      "Recordings that admins make in the console, and `live`, the folder of all recordings that Asterisk's sounds for `vi` must lead to. In the package: `/var/lib/hotline/recordings`",
  },
  HTTP_HOST: {
    schema: z.string().min(1),
    default: '127.0.0.1',
    allowed: 'an address of this machine',
    meaning: 'Address of the console, and of /health, /livez, /readyz, /status and /drain',
  },
  HTTP_PORT: {
    schema: port,
    default: '8080',
    allowed: '1 to 65535',
    meaning: 'Port of the same',
  },
  HTTP_TRUSTED_PROXIES: {
    schema: z
      .string()
      .transform((list) => list.split(',').map((address) => address.trim()))
      .pipe(z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])).min(1)),
    default: '127.0.0.1,::1',
    allowed: 'IP addresses or networks (192.0.2.0/28), separated by commas',
    meaning:
      'Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: who signs in to the console, and whether by https',
  },
  METRICS_HOST: {
    schema: z.string().min(1),
    default: '127.0.0.1',
    allowed: 'an address of this machine',
    meaning: 'Address of /metrics, which Prometheus reads; nobody is asked for a password there',
  },
  METRICS_PORT: {
    schema: z.coerce.number().int().min(0).max(65535),
    default: '9464',
    allowed: '0 to 65535',
    meaning: 'Port of /metrics; 0: none',
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
