import { z } from 'zod';
import { authoritiesOf, port, secret, type Setting } from './setting.ts';

export const asteriskSettings = {
  ARI_URL: {
    schema: z.url({ protocol: /^https?$/ }),
    allowed: 'http://host:port or https://host:port',
    meaning: "Asterisk's HTTP server, without /ari",
  },
  ARI_USERNAME: { schema: z.string().min(1), allowed: 'a name', meaning: "User of Asterisk's ari.conf" },
  ARI_PASSWORD: { schema: secret, allowed: 'at least 8 characters', meaning: 'Password of ARI_USERNAME' },
  ARI_CA_FILE: authoritiesOf("Asterisk's HTTP server"),
  ARI_APPLICATION: {
    schema: z.string().regex(/^[a-z][a-z0-9-]*$/),
    default: 'hotline',
    allowed: 'lower-case letters, digits and hyphens',
    meaning: 'Name given to Stasis() in the dialplan',
  },
  HEP_PORT: {
    schema: z.coerce.number().int().min(0).max(65_535),
    default: '9060',
    allowed: '1 to 65535, or 0 (refused calls and registrations are not logged)',
    meaning: 'UDP port on 127.0.0.1 to which Asterisk reports its SIP messages (hep.conf)',
  },
  AMI_HOST: {
    schema: z.string().min(1),
    default: '127.0.0.1',
    allowed: 'a host name or address',
    meaning: "Host of Asterisk's manager interface (AMI)",
  },
  AMI_PORT: {
    schema: port,
    default: '5038',
    allowed: '1 to 65535',
    meaning: "Port of Asterisk's manager interface (AMI)",
  },
  AMI_USERNAME: { schema: z.string().min(1), allowed: 'a name', meaning: "User of Asterisk's manager.conf" },
  AMI_PASSWORD: { schema: secret, allowed: 'at least 8 characters', meaning: 'Password of AMI_USERNAME' },
} satisfies Record<string, Setting>;
