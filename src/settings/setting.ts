import { z } from 'zod';
import { readCertificates } from '../machine/certificate-file.ts';

/** One environment variable: what it means, what is allowed, and what it is when unset. */
export interface Setting {
  readonly schema: z.ZodType;
  /** Absent: the variable must be set. */
  readonly default?: string;
  /** What is allowed, as an error message and docs/settings.md say it. */
  readonly allowed: string;
  readonly meaning: string;
}

export const port = z.coerce.number().int().min(1).max(65535);
export const secret = z.string().min(8);
export const count = z.coerce.number().int().min(1).max(1000);
/** A time, both bounds included. */
export const milliseconds = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

/** The certificates (PEM) in a file, by its path. Undefined: no file is named. */
const authorities = z.string().transform((path, context) => {
  if (path === '') return undefined;
  const certificates = readCertificates(path);
  if (certificates !== null) return certificates;
  context.addIssue('not a readable file of certificates');
  return z.NEVER;
});

/** Which authorities may sign the certificate of a server. @param server as a reader knows it */
export const authoritiesOf = (server: string) => ({
  schema: authorities,
  default: '',
  allowed:
    'a file of certificates (PEM) that this user can read, or empty (the authorities that Node trusts)',
  meaning: `The only authorities whose certificates ${server} may show, where it uses https and a certificate of your own authority`,
});
