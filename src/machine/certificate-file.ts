/** Certificates in a file, as OpenSSL writes them. */
import { readFileSync } from 'node:fs';

/** The certificates (PEM) in a file. Null: it cannot be read, or holds none. */
export function readCertificates(path: string): string | null {
  try {
    const text = readFileSync(path, 'utf8');
    return text.includes('-----BEGIN CERTIFICATE-----') ? text : null;
  } catch {
    return null;
  }
}
