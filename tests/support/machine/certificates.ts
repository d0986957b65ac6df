/** Authorities and server certificates for tests, made by openssl. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** PEM texts. */
export interface ServerCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority of its own, in a folder of its own. */
export class CertificateAuthority {
  readonly #directory = mkdtempSync(join(tmpdir(), 'hotline-authority-'));
  /** The file that a client trusts it by. */
  readonly file = join(this.#directory, 'ca.pem');

  constructor() {
    this.#openssl(['req', '-x509', '-days', '2', '-subj', '/CN=test authority', '-out', 'ca.pem'], 'ca.key');
  }

  /**
   * Signs a certificate for a server.
   *
   * @param subjectAltName as openssl spells it, for example `DNS:localhost`
   * @param days how long it is valid, from now; negative: it has expired
   */
  issue(subjectAltName: string, days = 1): ServerCertificate {
    const named = ['-subj', '/CN=test server', '-addext', `subjectAltName=${subjectAltName}`];
    this.#openssl(['req', ...named, '-out', 'server.csr'], 'server.key');
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-copy_extensions', 'copy', '-out', 'server.pem'];
    this.#openssl(['x509', '-req', '-in', 'server.csr', '-days', String(days), ...signed]);
    return { certificate: this.#read('server.pem'), key: this.#read('server.key') };
  }

  /** Its own, PEM. */
  get certificate(): string {
    return this.#read('ca.pem');
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true });
  }

  #read(file: string): string {
    return readFileSync(join(this.#directory, file), 'utf8');
  }

  /** @param newKey the file of a key to be made for it */
  #openssl(command: readonly string[], newKey?: string): void {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout'];
    execFileSync('openssl', [...command, ...(newKey === undefined ? [] : [...key, newKey])], {
      cwd: this.#directory,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }
}
