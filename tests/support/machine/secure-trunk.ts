/** A trunk over TLS with SRTP, as docs/trunks.md sets it up, and the certificates for it. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CertificateAuthority } from './certificates.ts';
import { addTrunk, edit } from './real-asterisk.ts';

/** Where Asterisk takes calls over TLS, and the carrier. */
export const secureSip = '127.0.0.1:15061';
export const secureCarrier = '127.0.0.4:15061';

/** Adds a trunk over TLS with SRTP from `address`, and makes `trunk-out` one to {@link secureCarrier}. */
export function addSecureTrunk(config: string, address: string, authority: CertificateAuthority): void {
  const { certificate, key } = authority.issue('IP:127.0.0.1');
  writeFileSync(join(config, 'sip.pem'), certificate);
  writeFileSync(join(config, 'sip.key'), key);
  writeFileSync(join(config, 'sip-ca.pem'), authority.certificate);
  appendFileSync(join(config, 'modules.conf'), 'require = res_srtp.so\n');
  addTrunk(config, { address, rule: 'pai-required', more: 'media_encryption = sdes' });
  edit(config, 'pjsip.conf', [
    [/transport = transport-udp/, 'transport = transport-tls\nmedia_encryption = sdes'],
    [/contact = sip:127\.0\.0\.4:15060/, `contact = sip:${secureCarrier}\\;transport=tls`],
  ]);
  appendFileSync(
    join(config, 'pjsip.conf'),
    `
[transport-tls]
type = transport
protocol = tls
bind = ${secureSip}
cert_file = /etc/asterisk/sip.pem
priv_key_file = /etc/asterisk/sip.key
ca_list_file = /etc/asterisk/sip-ca.pem
method = tlsv1_2
verify_server = yes
`,
  );
}
