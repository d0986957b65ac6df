/**
 * What Asterisk needs for the phone in the browser. `make run` writes these files to /etc/hotline, where
 * asterisk-config/ includes them if they are there; nothing else makes them. Never do so on a PBX that takes
 * calls: whoever has the password may reset the passwords of the people who own these numbers.
 */
import { forAsterisk } from '../../src/machine/secret.ts';
import { callers } from './callers.ts';
import type { Caller } from './settings.ts';

/**
 * Text by name of file.
 *
 * @param password of all these phones
 */
export function pbxFiles(password: string): Record<string, string> {
  return {
    // SIP over the WebSocket of Asterisk's HTTP server (http.conf: loopback), and encrypted media.
    'developer-modules.conf': 'require = res_srtp.so\nrequire = res_pjsip_transport_websocket.so\n',
    // No browser takes media without ICE. Asterisk reads the first line of a name.
    'developer-rtp.conf': 'icesupport = yes\n',
    'developer-phones.conf': [template(password), ...callers.map(endpointOf)].join('\n'),
  };
}

/** A-law alone: the page recognises recordings by their bytes (browser/ear.ts). */
function template(password: string): string {
  return `[browser](!)
type = endpoint
webrtc = yes
media_address = 127.0.0.1
bind_rtp_to_media_address = yes
rewrite_contact = yes
disallow = all
allow = alaw
dtmf_mode = auto
trust_id_inbound = no
direct_media = no
allow_transfer = no
message_context = hotline-nowhere
rtp_timeout = 120
send_connected_line = no

[browser-auth](!)
type = auth
auth_type = userpass
password = ${forAsterisk(password)}
`;
}

/** A withheld number comes as from a carrier, which delivers it and says that it is private; the dialplan drops it. */
function endpointOf({ user, phone }: Caller): string {
  const identity =
    phone === null
      ? `context = from-trunk
callerid = <${callers[0]!.phone}>
callerid_privacy = prohib`
      : `context = from-softphone
set_var = HOTLINE_IDENTITY=asserted
callerid = <${phone}>`;
  return `[${user}](browser)
${identity}
auth = ${user}-auth
[${user}-auth](browser-auth)
username = ${user}
`;
}
