/** The package installed by the book, under a real systemd, beside Debian's own Asterisk and MariaDB. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../../src/local/run-state.ts';
import { copyPackages } from '../support/machine/built-package.ts';
import { privateDebian } from '../support/machine/kept-machines.ts';
import { SystemdMachine, type Ended } from '../support/machine/systemd-machine.ts';
import { until } from '../support/until.ts';

let machine: SystemdMachine;

beforeAll(async () => {
  const packages = ['systemd', 'logrotate', 'debconf', 'mariadb-client'];
  machine = new SystemdMachine(await privateDebian('service', packages));
  await copyPackages(join(machine.root, 'root'));
  writeFileSync(join(machine.root, 'etc/systemd/system/mariadb.service'), mariadbUnit);
  machine.inside('mariadb-install-db --user=mysql > /dev/null; systemctl --quiet enable mariadb asterisk');
  writeFileSync(
    join(machine.root, 'etc/asterisk/pjsip.conf'),
    `[transport-udp]\ntype = transport\nprotocol = udp\nbind = 127.0.0.1:5060\n${trunkOfTheBook('pjsip')}`,
  );
  await machine.boot();
}, 600_000); // a machine is built and a package fetched: minutes, where others build images meanwhile
afterAll(() => machine?.remove());

/** The private root has MariaDB's programs without the unit of Debian's mariadb-server. */
const mariadbUnit = `[Service]
Type=notify
User=mysql
RuntimeDirectory=mysqld
ExecStart=/usr/sbin/mariadbd --socket=/run/mysqld/mysqld.sock --bind-address=127.0.0.1
[Install]
WantedBy=multi-user.target
`;

/** The snippets of docs/admin.md, "Point a trunk at it", with loopback for the addresses of carrier and PBX. */
function trunkOfTheBook(of: 'pjsip' | 'extensions'): string {
  const text = readFileSync(join(checkout, 'docs/admin.md'), 'utf8');
  const [, section = ''] = /^## Point a trunk at it$([^]*?)^## /m.exec(text) ?? [];
  const snippets = [...section.matchAll(/```ini\n([^]*?)```/g)].map(([, snippet]) => snippet!);
  return snippets
    .filter((snippet) => snippet.includes('exten =>') === (of === 'extensions'))
    .join('\n')
    .replace('203.0.113.10', '127.0.0.2')
    .replace('198.51.100.5', '127.0.0.1');
}

function run(line: string, input = ''): Ended {
  const ended = machine.run(line, input);
  if (ended.status !== 0)
    throw new Error(`${line} ended with ${ended.status}:\n${ended.stdout}${ended.stderr}`);
  return ended;
}

const property = (name: string) => run(`systemctl show --value -p ${name} hotline`).stdout.trim();
const isActive = () => property('ActiveState') === 'active';
/** Calls as one of three citizens: an account gets one password a minute. */
const call = (citizen: 1 | 2 | 3) =>
  machine.start(`hotline call --from 091234560${citizen} --code 012345678${citizen}`);
const heardTwice = /heard twice, both times the same/;

/** Whether the application has taken a call: one that has only just left the menu may still be refused. */
const isServed = () => machine.run('hotline doctor').stdout.includes('room for calls: 1 of');
const configuration = () => run('cd /etc/asterisk && find . -type f | sort | xargs sha256sum').stdout;
let before: string;

test('is installed, and starts nothing', () => {
  const { stdout } = run('dpkg -i /root/hotline.deb 2>&1');
  expect(stdout).toContain('hotline setup');
  expect(property('ActiveState')).toBe('inactive');
  expect(run('stat -c "%a %U" /etc/hotline/hotline.env /etc/hotline/owner.env').stdout).toBe(
    '600 root\n600 root\n',
  );
});

/** What is wrong, how it comes about and is mended, and what setup says. */
const faults: [string, spoil: string, mend: string, says: RegExp][] = [
  [
    'an Asterisk that is too old',
    `printf '#!/bin/sh\\necho Asterisk 20.9.0\\n' > /run/old; chmod +x /run/old; mount --bind /run/old /usr/sbin/asterisk`,
    'umount /usr/sbin/asterisk',
    /Asterisk 20\.9\.0 is too old: expected 22\.10\.1 or later/,
  ],
  [
    'no Asterisk',
    'mount --bind /dev/null /usr/sbin/asterisk',
    'umount /usr/sbin/asterisk',
    /Asterisk is not installed on this machine/,
  ],
  [
    'an Asterisk without a module',
    'cd /usr/lib/*/asterisk/modules; mv res_ari.so away',
    'cd /usr/lib/*/asterisk/modules; mv away res_ari.so',
    /Asterisk lacks modules in .*: res_ari\.so/,
  ],
  ['no database server', 'systemctl stop mariadb', 'systemctl start mariadb', /No database server runs/],
  [
    'a database of another application',
    `mariadb -e 'CREATE DATABASE hotline; CREATE TABLE hotline.shop (id INT)'`,
    `mariadb -e 'DROP DATABASE hotline'`,
    /The database hotline holds tables of another application \(shop\)/,
  ],
  [
    'a file system that is read-only',
    'mount --bind /etc /etc; mount -o remount,ro,bind /etc',
    'umount -l /etc',
    /\/etc\/hotline\/hotline\.env cannot be written \(EROFS: its file system is read-only/,
  ],
  [
    'a full disk',
    'cp -a /etc/hotline /run/saved; mount -t tmpfs -o size=8k,mode=755 tmpfs /etc/hotline; cp -a /run/saved/. /etc/hotline',
    'umount /etc/hotline',
    /\/etc\/hotline\/\S+ cannot be written \(ENOSPC: its file system is full/,
  ],
];

test.each(faults)('with %s, setup changes nothing, and says so', (_, spoil, mend, says) => {
  const places = () => run('find /etc /usr/share/asterisk /var/backups -xdev -type f,l -ls').stdout;
  run(spoil);
  const before = places();
  const { status, stderr } = machine.run('hotline setup --yes');
  const after = places();
  run(mend);
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(says) as string });
  expect(stderr).toMatch(/^hotline: .*; nothing was changed\n$/);
  expect(after).toBe(before);
});

test.each([
  [
    'hotline setup --yes --database-admin mysql://root:wrong@127.0.0.1:3306/mysql',
    /refused the user or the password/,
  ],
  ['hotline setup --yes --database-admin -', /database administrator: nothing on standard input/],
  ['hotline setup', /Nobody can be asked here, and nothing was changed: add --yes/],
  ['setpriv --reuid=hotline --clear-groups hotline setup --yes', /run it as root/],
])('%s changes nothing', (line, says) => {
  const before = configuration();
  const { status, stderr } = machine.run(line);
  expect({ failed: status !== 0, stderr }).toEqual({
    failed: true,
    stderr: expect.stringMatching(says) as string,
  });
  expect(configuration()).toBe(before);
});

test('setup joins it to Asterisk and database, and the doctor finds nothing to change', () => {
  before = configuration();
  const asterisk = () => run('systemctl show --value -p MainPID asterisk').stdout;
  const running = asterisk();
  const { stdout, stderr, status } = machine.run('hotline setup --yes --start');
  expect({ status, stdout, stderr }).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/ 0 to be changed\n$/) as string,
  });
  expect(asterisk()).toBe(running); // its other calls go on
  expect(run('hotline setup --yes').stdout).toContain('Everything is set up already.');
});

test('a caller hears a password twice, after the steps that setup leaves to the admin', async () => {
  run('cat >> /etc/asterisk/extensions.conf', trunkOfTheBook('extensions'));
  run('asterisk -rx "dialplan reload"');
  const citizens = [1, 2, 3].map((n) => `012345678${n},091234560${n}\n`).join('');
  run('cat > accounts.csv; hotline import accounts.csv', `bhxh_code,phone\n${citizens}`);
  expect((await call(1)).stdout).toMatch(heardTwice);
});

test.each([
  ['asterisk', /waiting for Asterisk/],
  ['mariadb', /waiting for the database/],
])('starts without %s, says so, and takes calls once it is there', async (other, waiting) => {
  run(`systemctl stop ${other}; systemctl restart --no-block hotline`);
  await until(() => waiting.test(property('StatusText')));
  expect(property('ActiveState')).toBe('activating');
  run(`systemctl start ${other}`);
  await until(isActive);
});

test('restarted in a call, it lets the caller hear everything', async () => {
  const heard = call(2);
  await until(isServed);
  run('systemctl restart hotline');
  expect((await heard).stdout).toMatch(heardTwice);
  expect(isActive()).toBe(true);
});

test('killed in a call, it is back by itself, and the caller is told', async () => {
  const pid = property('MainPID');
  const heard = call(3);
  await until(isServed);
  run(`kill -KILL ${pid}`);
  expect((await heard).stdout).toContain('hotline/interrupted');
  await until(() => isActive() && property('MainPID') !== pid);
});

test('frozen, it is replaced', async () => {
  const pid = property('MainPID');
  run(`kill -STOP ${pid}`);
  await until(() => isActive() && property('MainPID') !== pid, 60_000);
});

test('is as closed as systemd knows', () => {
  const { stdout } = run('systemd-analyze security --no-pager hotline');
  const exposure = Number(/Overall exposure level for hotline.service: ([\d.]+)/.exec(stdout)?.[1]);
  expect(exposure).toBeLessThanOrEqual(2);
});

test('a start that fails says why in systemctl status', async () => {
  run('cp -a /etc/hotline/hotline.env /root/kept.env; echo LOG_FORMAT=nice >> /etc/hotline/hotline.env');
  machine.run('systemctl restart hotline');
  await until(() => /LOG_FORMAT has a value/.test(machine.run('systemctl status hotline').stdout));
  run('mv /root/kept.env /etc/hotline/hotline.env; systemctl restart hotline');
});

test('an update keeps what the admin changed, and takes calls again', async () => {
  run('echo "# mine" | tee -a /etc/hotline/hotline.env /etc/logrotate.d/hotline');
  run('dpkg -i /root/later.deb');
  await until(isActive);
  expect(run('hotline --version').stdout).toBe('0.1.1\n');
  expect(
    run('grep -l "# mine" /etc/hotline/hotline.env /etc/logrotate.d/hotline').stdout.split('\n'),
  ).toHaveLength(3);
});

test('a backup is read back, and its audit log verifies', () => {
  const rows = () => run('mariadb -N -e "SELECT COUNT(*) FROM hotline.audit_log"').stdout;
  const before = rows();
  run('mariadb-dump --single-transaction --routines hotline > hotline.sql; systemctl stop hotline');
  run(
    `mariadb -e 'DROP DATABASE hotline; CREATE DATABASE hotline CHARACTER SET utf8mb4'; mariadb hotline < hotline.sql`,
  );
  run('hotline migrate && hotline audit verify && systemctl start hotline');
  expect(rows()).toBe(before);
});

test('the package before is put back while the application waits for Asterisk, and takes calls', async () => {
  run('systemctl stop asterisk; systemctl restart --no-block hotline');
  await until(() => /waiting for Asterisk/.test(property('StatusText')));
  const pid = property('MainPID');
  run('dpkg -i /root/hotline.deb; systemctl start asterisk');
  await until(isActive);
  expect(property('MainPID')).not.toBe(pid);
  expect(run('hotline --version').stdout).toBe('0.1.0\n');
});

/** A package as `later.deb`, of a later version still, that fails before anything is unpacked. */
const makeFailingUpdate = `set -e
mkdir failing
dpkg-deb --control later.deb failing/DEBIAN
rm failing/DEBIAN/conffiles failing/DEBIAN/md5sums
sed -i 's/^Version: .*/Version: 0.1.2/' failing/DEBIAN/control
printf '#!/bin/sh\\nexit 1\\n' > failing/DEBIAN/preinst
chmod +x failing/DEBIAN/preinst
dpkg-deb --build failing`;

test('an update that fails leaves the version before running', async () => {
  const pid = property('MainPID');
  run(`cd /root; ${makeFailingUpdate}`);
  expect(machine.run('dpkg -i /root/failing.deb').stderr).toContain('preinst');
  await until(isActive);
  expect(property('MainPID')).not.toBe(pid); // it had been stopped
  expect(run('hotline --version; dpkg-query -s hotline | grep ^Status').stdout).toBe(
    '0.1.0\nStatus: install ok installed\n',
  );
});

test('an update waits for an application that is being stopped, and does not start it', async () => {
  const heard = call(1);
  await until(isServed);
  run('systemctl stop --no-block hotline');
  await until(() => property('ActiveState') === 'deactivating');
  run('dpkg -i /root/later.deb');
  const after = { state: property('ActiveState'), job: property('Job') };
  expect((await heard).stdout).toMatch(heardTwice);
  expect(after).toEqual({ state: 'inactive', job: '' });
});

/** Stops only once there is something to be read, as an application that has calls. */
const stopsWhenTold = `[Service]\nExecStop=+/bin/sh -c 'read line < /run/end'\n`;

test('an update starts what was being restarted', async () => {
  run(
    'mkfifo /run/end; mkdir /run/systemd/system/hotline.service.d; cat > /run/systemd/system/hotline.service.d/end.conf; systemctl daemon-reload; systemctl start hotline',
    stopsWhenTold,
  );
  const pid = property('MainPID');
  run('systemctl restart --no-block hotline');
  const updated = machine.start('dpkg -i /root/hotline.deb');
  await until(() => run('systemctl list-jobs --no-legend hotline.service').stdout.includes(' stop '));
  run('rm -r /run/systemd/system/hotline.service.d; systemctl daemon-reload; echo > /run/end');
  expect((await updated).status).toBe(0);
  await until(isActive);
  expect(property('MainPID')).not.toBe(pid);
});

test('setup --undo gives the PBX back as it was, to the byte', () => {
  const file = run('cat /etc/asterisk/extensions.conf').stdout;
  run('hotline setup --undo --yes');
  const own = file.slice(file.indexOf(trunkOfTheBook('extensions')));
  expect(own).not.toBe('');
  run(
    'cat > /etc/asterisk/extensions.conf',
    run('cat /etc/asterisk/extensions.conf').stdout.replace(own, ''),
  );
  expect(configuration()).toBe(before);
  expect(property('ActiveState')).toBe('inactive');
  expect(run('hotline setup --undo --yes').stdout).toBe('There is nothing to take out.\n');
});

test('removed, it leaves settings and data; purge asks, and removes them where the answer is yes', () => {
  const kept = 'ls -d /etc/hotline/hotline.env /var/lib/hotline /var/log/hotline /var/backups/hotline';
  run('dpkg --remove hotline');
  expect(machine.run('command -v hotline').status).not.toBe(0);
  run(kept);
  run('DEBIAN_FRONTEND=noninteractive dpkg --purge hotline');
  run(kept);
  run('dpkg -i /root/later.deb; echo "hotline hotline/purge-data boolean true" | debconf-set-selections');
  run('DEBIAN_FRONTEND=noninteractive dpkg --purge hotline');
  expect(run(`${kept} 2> /dev/null || true`).stdout).toBe('');
});
