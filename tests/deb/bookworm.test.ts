/** The package in Debian 12, whose C library and systemd are the oldest it is for. */
import { join } from 'node:path';
import { copyPackages } from '../support/machine/built-package.ts';
import { plainDebian } from '../support/machine/kept-machines.ts';
import { SystemdMachine } from '../support/machine/systemd-machine.ts';

let machine: SystemdMachine;

beforeAll(async () => {
  machine = new SystemdMachine(await plainDebian('bookworm', ['systemd', 'logrotate', 'debconf']));
  await copyPackages(join(machine.root, 'root'));
}, 600_000); // a machine is built and a package fetched: minutes, where others build images meanwhile
afterAll(() => machine?.remove());

test('is installed without anything else, and runs', () => {
  machine.inside('dpkg -i /root/hotline.deb');
  // This root leaves out documentation.
  const verify = "dpkg --verify hotline | sed '/usr.share.doc/d; /usr.share.man/d'";
  expect(machine.inside(`hotline --version; ${verify}`)).toBe('0.1.0\n');
  // argon2's addon and the C++ library it needs
  expect(machine.inside('hotline doctor 2>&1 || true')).toContain('DATABASE_URL is not set');
  expect(machine.inside('id -un hotline; logrotate --debug /etc/logrotate.d/hotline 2>&1')).toMatch(
    /^hotline\n/,
  );
  expect(machine.inside('systemd-analyze verify --man=no hotline.service 2>&1')).toBe('');
});

test('an update keeps what the admin changed', () => {
  machine.inside(
    'echo "# mine" | tee -a /etc/hotline/hotline.env /etc/logrotate.d/hotline; dpkg -i /root/later.deb',
  );
  expect(machine.inside('grep -l "# mine" /etc/hotline/hotline.env /etc/logrotate.d/hotline')).toBe(
    '/etc/hotline/hotline.env\n/etc/logrotate.d/hotline\n',
  );
});

test('removed, it leaves the settings; purged, too, unless the answer is yes', () => {
  machine.inside('dpkg --remove hotline; test ! -e /usr/lib/hotline; test -e /etc/hotline/hotline.env');
  machine.inside('DEBIAN_FRONTEND=noninteractive dpkg --purge hotline; test -e /etc/hotline/hotline.env');
  machine.inside(
    'dpkg -i /root/later.deb; echo "hotline hotline/purge-data boolean true" | debconf-set-selections; DEBIAN_FRONTEND=noninteractive dpkg --purge hotline; test ! -e /etc/hotline',
  );
});
