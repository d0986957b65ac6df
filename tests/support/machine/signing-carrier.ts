/**
 * A carrier that signs its calls (STIR/SHAKEN: RFC 8224, 8225, 8226, 8588), and the settings of an
 * Asterisk that verifies them: an authority and certificates made by openssl, an https server that
 * delivers the certificates, and the Identity header of a call.
 */
import { execFileSync } from 'node:child_process';
import { sign } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SipHeaders } from '../../../src/sip-caller/sip-message.ts';
import { runState } from '../../../src/local/run-state.ts';
import type { Mount } from '../../../src/local/private-root.ts';
import { edit } from './real-asterisk.ts';

/** Where Asterisk fetches certificates; it allows only ports 443 and 8443. */
const host = '127.0.0.6';
const port = 8443;
/** The object identifier of the TNAuthList extension (RFC 8226, 9). */
const tnAuthList = '1.3.6.1.5.5.7.1.26';

/** The content of a call's signature. */
export interface Passport {
  /** The signed number: digits with the country code. */
  readonly orig: string;
  readonly attest: 'A' | 'B' | 'C';
  /** The claim about the called number (RFC 8225, 5.2.1). Default: the hotline; null: none. */
  readonly dest?: object | null;
  /** Time of signing, in seconds since the epoch. Default: now. */
  readonly iat?: number;
  /** The certificate used. Default: the one from the trusted authority. */
  readonly signer?: 'trusted' | 'stranger' | 'no-number-rights' | 'missing';
  /** Signs with another key than the certificate's, or not at all. */
  readonly forged?: 'other-key' | 'alg-none';
}

/** Authorities, certificates and the server that delivers them. */
export class SigningCarrier {
  readonly directory = mkdtempSync(join(tmpdir(), 'hotline-stir-'));
  #server: Server | undefined;

  constructor() {
    chmodSync(this.directory, 0o755);
    for (const authority of ['trusted-ca', 'strange-ca']) this.#authority(authority);
    this.#certificate('trusted', 'trusted-ca', `${tnAuthList}=ASN1:SEQUENCE:rights`);
    this.#certificate('stranger', 'strange-ca', `${tnAuthList}=ASN1:SEQUENCE:rights`);
    this.#certificate('no-number-rights', 'trusted-ca', 'keyUsage=digitalSignature');
    this.#certificate('server', 'trusted-ca', `subjectAltName=IP:${host}`);
  }

  /** Starts the server that delivers the certificates. */
  async serve(): Promise<void> {
    const server = createServer(
      { key: this.#read('server.key'), cert: this.#read('server.pem') },
      ({ url = '' }, response) => {
        const [name] = /(?<=^\/)[a-z-]+(?=\.pem$)/.exec(url) ?? [];
        const certificate = name === undefined ? '' : join(this.directory, `${name}.pem`);
        if (!existsSync(certificate)) response.statusCode = 404;
        response.end(existsSync(certificate) ? readFileSync(certificate) : '');
      },
    );
    await new Promise<void>((listening) => server.listen(port, host, listening));
    this.#server = server;
  }

  close(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  /** Builds the headers that sign a call to the hotline. */
  headers({
    orig,
    attest,
    dest = { tn: ['19009068'] },
    iat = Math.floor(Date.now() / 1000),
    signer = 'trusted',
    forged,
  }: Passport): SipHeaders {
    const certificate = `https://${host}:${port}/${signer}.pem`;
    const header = {
      alg: forged === 'alg-none' ? 'none' : 'ES256',
      ppt: 'shaken',
      typ: 'passport',
      x5u: certificate,
    };
    const payload = {
      attest,
      ...(dest === null ? {} : { dest }),
      iat,
      orig: { tn: orig },
      origid: '3c7e0b5e-7f4e-4f0e-9d7c-0a6ff7c0a4a1',
    };
    const signed = [header, payload]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const key = this.#read(`${forged === 'other-key' || signer === 'missing' ? 'server' : signer}.key`);
    const signature =
      forged === 'alg-none'
        ? ''
        : sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
    return [
      ['Date', new Date().toUTCString()],
      ['Identity', `${signed}.${signature};info=<${certificate}>;alg=ES256;ppt=shaken`],
    ];
  }

  /** Makes the trunk of an Asterisk require attestation A, as docs/trunks.md describes. */
  overlay(config: string): Mount[] {
    const modules = ['res_curl', 'res_stir_shaken', 'res_pjsip_stir_shaken'].map(
      (name) => `require = ${name}.so\n`,
    );
    writeFileSync(
      join(config, 'modules.conf'),
      `${readFileSync(join(config, 'modules.conf'), 'utf8')}\n${modules.join('')}`,
    );
    edit(config, 'pjsip.conf', [
      [
        /set_var = HOTLINE_IDENTITY=pai-required/,
        'set_var = HOTLINE_IDENTITY=stir-shaken-a\nstir_shaken_profile = carrier',
      ],
      [/trust_connected_line = no\n/, ''], // an admin's trunk may lack it, so the application must not depend on it
    ]);
    cpSync(join(this.directory, 'trusted-ca.pem'), join(config, 'stir-ca.pem'));
    // x5u_*: by default Asterisk refuses to fetch from loopback, where the server of this test is.
    writeFileSync(
      join(config, 'stir_shaken.conf'),
      `[verification]
ca_file = /etc/asterisk/stir-ca.pem
cert_cache_dir = /var/lib/asterisk
x5u_deny = 0.0.0.0/0.0.0.0
x5u_permit = ${host}/255.255.255.255

[carrier]
type = profile
endpoint_behavior = verify
failure_action = continue
`,
    );
    return [{ source: this.#trustedByTls(), target: '/etc' }];
  }

  /** Copies the private root's /etc, which has no ca-certificates, and adds the authority of the https server. */
  #trustedByTls(): string {
    const etc = join(this.directory, 'etc');
    cpSync(join(runState().root, 'etc'), etc, { recursive: true, verbatimSymlinks: true });
    for (const folder of ['ssl/certs', 'hotline', 'asterisk'])
      mkdirSync(join(etc, folder), { recursive: true });
    cpSync(join(this.directory, 'trusted-ca.pem'), join(etc, 'ssl/certs/ca-certificates.crt'));
    return etc;
  }

  #authority(name: string): void {
    this.#openssl(
      'req',
      '-x509',
      '-new',
      '-nodes',
      ...newKey(name),
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-out',
      `${name}.pem`,
    );
  }

  #certificate(name: string, authority: string, extension: string): void {
    writeFileSync(
      join(this.directory, `${name}.cnf`),
      `[extensions]\n${extension}\n[rights]\nprovider=EXPLICIT:0,IA5STRING:1234\n`,
    );
    this.#openssl(
      'req',
      '-new',
      '-nodes',
      ...newKey(name),
      '-subj',
      `/CN=SHAKEN ${name}`,
      '-out',
      `${name}.csr`,
    );
    const issuer = ['-CA', `${authority}.pem`, '-CAkey', `${authority}.key`, '-CAcreateserial'];
    this.#openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...issuer,
      '-days',
      '1',
      '-extfile',
      `${name}.cnf`,
      '-extensions',
      'extensions',
      '-out',
      `${name}.pem`,
    );
  }

  #openssl(...command: string[]): void {
    execFileSync('openssl', command, { cwd: this.directory, stdio: ['ignore', 'ignore', 'pipe'] });
  }

  #read(name: string): string {
    return readFileSync(join(this.directory, name), 'utf8');
  }
}

function newKey(name: string): string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-keyout', `${name}.key`];
}
