/** Authorities and server certificates for tests, made by openssl. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** PEM texts. */
export interface ServerCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** What a certificate is made with beyond its names. */
export interface CertificateOptions {
  /** As openssl spells them, for example `extendedKeyUsage=clientAuth`. */
  readonly extensions?: readonly string[];
  /** As `-newkey` and its options take it. */
  readonly newKey?: readonly string[];
}

const p256 = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];

/** A certificate authority of its own, in a folder of its own. */
export class CertificateAuthority {
  readonly #directory = mkdtempSync(join(tmpdir(), 'hotline-authority-'));
  /** The file that a client trusts it by. */
  readonly file = join(this.#directory, 'ca.pem');

  /** @param issued its own certificate, from another authority; absent: it signs that itself */
  constructor(issued?: ServerCertificate) {
    if (issued === undefined) {
      const own = ['req', '-x509', '-days', '2', '-subj', '/CN=test authority', '-out', 'ca.pem'];
      this.#openssl(own, { file: 'ca.key', kind: p256 });
    } else {
      writeFileSync(this.file, issued.certificate);
      writeFileSync(join(this.#directory, 'ca.key'), issued.key);
    }
  }

  /**
   * Signs a certificate for a server.
   *
   * @param subjectAltName as openssl spells it, for example `DNS:localhost`
   * @param days how long it is valid, from now; negative: it has expired
   */
  issue(
    subjectAltName: string,
    days = 1,
    { extensions = [], newKey = p256 }: CertificateOptions = {},
  ): ServerCertificate {
    const added = [`subjectAltName=${subjectAltName}`, ...extensions].flatMap((each) => ['-addext', each]);
    // An authority below another must have a name of its own: one of the same name counts as the same.
    const named = ['-subj', `/CN=${subjectAltName}`, ...added];
    this.#openssl(['req', ...named, '-out', 'server.csr'], { file: 'server.key', kind: newKey });
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

  /** @param newKey a key to be made for it */
  #openssl(command: readonly string[], newKey?: { file: string; kind: readonly string[] }): void {
    const key = newKey ? ['-newkey', ...newKey.kind, '-nodes', '-keyout', newKey.file] : [];
    execFileSync('openssl', [...command, ...key], {
      cwd: this.#directory,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }
}
