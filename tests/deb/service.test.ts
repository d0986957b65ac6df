/** The package installed by the book, under a real systemd, beside Debian's own Asterisk and MariaDB. */
import { readEnvFile } from '../../src/machine/env-file.ts';
import { heardTwice, HotlineMachine, trunkOfTheBook } from '../support/machine/hotline-machine.ts';
import { until } from '../support/until.ts';

let pbx: HotlineMachine;
let before: string;

beforeAll(async () => {
  pbx = await HotlineMachine.boot();
}, 600_000); // a machine is built and a package fetched: minutes, where others build images meanwhile
afterAll(() => pbx?.remove());

test('is installed, and starts nothing', () => {
  const { stdout } = pbx.run('dpkg -i hotline.deb 2>&1');
  expect(stdout).toContain('hotline setup');
  expect(pbx.property('ActiveState')).toBe('inactive');
  expect(pbx.run('stat -c "%a %U" /etc/hotline/hotline.env /etc/hotline/owner.env').stdout).toBe(
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
  const places = () => pbx.run('find /etc /usr/share/asterisk /var/backups -xdev -type f,l -ls').stdout;
  pbx.run(spoil);
  const before = places();
  const { status, stderr } = pbx.machine.run('hotline setup --yes');
  const after = places();
  pbx.run(mend);
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
  const before = pbx.configuration();
  const { status, stderr } = pbx.machine.run(line);
  expect({ failed: status !== 0, stderr }).toEqual({
    failed: true,
    stderr: expect.stringMatching(says) as string,
  });
  expect(pbx.configuration()).toBe(before);
});

test('on a terminal, setup shows what it would change, without a secret, and asks; after a no nothing has changed', async () => {
  const places = () =>
    pbx.run(
      `find /etc /usr/share/asterisk /var/backups -xdev -type f,l -ls; mariadb -e 'SHOW DATABASES; SELECT user FROM mysql.user'`,
    ).stdout;
  const untouched = places();
  const { status, shown } = await pbx.onTerminal('hotline setup', [[/\[y\/N\] /, 'n\n']]);
  expect({ status, shown }).toEqual({
    status: 1,
    shown: expect.stringMatching(/Make these changes\? \[y\/N\] .*Nothing was changed\n$/s) as string,
  });
  expectDifference(shown);
  expect(shown).not.toMatch(/[0-9a-f]{32}|mysql:\/\/|(secret|password) = /);
  expect(places()).toBe(untouched);
});

function expectDifference(shown: string): void {
  for (const [file, line] of [
    ['http.conf', 'sessionlimit = 500'],
    ['ari.conf', '#include /etc/hotline/ari-user.conf'],
    ['manager.conf', '#include /etc/hotline/manager-user.conf'],
    ['extensions.conf', '#include /usr/share/hotline/asterisk/extensions-hotline.conf'],
  ] as const)
    expect(shown).toMatch(new RegExp(`^\\+\\+\\+ /etc/asterisk/${file}\\n@@[^]*?^\\+${line}$`, 'm'));
  expect(shown).toMatch(/^\/etc\/hotline\/hotline\.env: .*\bHASH_KEY\b.* \(values are not shown\)$/m);
  expect(shown).toContain("database: hotline, with the users 'hotline_owner'@");
}

test('setup joins it to Asterisk and database, and the doctor finds nothing to change', () => {
  before = pbx.configuration();
  const asterisk = () => pbx.run('systemctl show --value -p MainPID asterisk').stdout;
  const running = asterisk();
  const { stdout, stderr, status } = pbx.machine.run('hotline setup --yes --start');
  expect({ status, stdout, stderr }).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/ 0 to be changed\n$/) as string,
  });
  expect(asterisk()).toBe(running); // its other calls go on
  expectDifference(stdout);
  const secrets = secretsOf(pbx.run('cat /etc/hotline/hotline.env /etc/hotline/owner.env').stdout);
  expect(secrets).toHaveLength(6);
  expect(secrets.filter((secret) => stdout.includes(secret))).toEqual([]);
  expect(pbx.run('hotline setup --yes').stdout).toContain('Everything is set up already.');
});

/** Keys and passwords in a file of settings. */
function secretsOf(text: string): string[] {
  return Object.entries(readEnvFile(text, ''))
    .filter(([name]) => /_(KEY|PASSWORD|URL)$/.test(name) && name !== 'ARI_URL')
    .map(([, value]) => (value.startsWith('mysql:') ? new URL(value).password : value));
}

test('a caller hears a password twice, after the steps that setup leaves to the admin', async () => {
  pbx.addCitizens();
  pbx.run('logrotate --force /etc/logrotate.d/hotline');
  expect((await pbx.call(1)).stdout).toMatch(heardTwice);
});

test('logrotate, run before that call, took the log, and the running service writes on in the same file', async () => {
  const log = '/var/log/hotline/hotline.log';
  expect(pbx.run(`cat ${log}.1`).stdout).toContain('"taking calls"');
  await until(() => pbx.run(`cat ${log}`).stdout.includes('"call ended"'));
  const { stdout } = pbx.run(`cat ${log}`);
  expect(stdout).not.toContain('"taking calls"');
  expect(stdout.startsWith('{')).toBe(true); // no hole where the writer was before
});

test.each([
  ['asterisk', /waiting for Asterisk/],
  ['mariadb', /waiting for the database/],
])('starts without %s, says so, and takes calls once it is there', async (other, waiting) => {
  pbx.run(`systemctl stop ${other}; systemctl restart --no-block hotline`);
  await until(() => waiting.test(pbx.property('StatusText')));
  expect(pbx.property('ActiveState')).toBe('activating');
  pbx.run(`systemctl start ${other}`);
  await until(() => pbx.isActive());
});

test('restarted in a call, it lets the caller hear everything', async () => {
  const heard = pbx.call(2);
  await until(() => pbx.isServed());
  pbx.run('systemctl restart hotline');
  expect((await heard).stdout).toMatch(heardTwice);
  expect(pbx.isActive()).toBe(true);
});

test('killed in a call, it is back by itself, and the caller is told', async () => {
  const pid = pbx.property('MainPID');
  const heard = pbx.call(3);
  await until(() => pbx.isServed());
  pbx.run(`kill -KILL ${pid}`);
  expect((await heard).stdout).toContain('hotline/interrupted');
  await until(() => pbx.isActive() && pbx.property('MainPID') !== pid);
});

test('frozen, it is replaced', async () => {
  const pid = pbx.property('MainPID');
  pbx.run(`kill -STOP ${pid}`);
  await until(() => pbx.isActive() && pbx.property('MainPID') !== pid, 60_000);
});

test('is as closed as systemd knows', () => {
  const { stdout } = pbx.run('systemd-analyze security --no-pager hotline');
  const exposure = Number(/Overall exposure level for hotline.service: ([\d.]+)/.exec(stdout)?.[1]);
  expect(exposure).toBeLessThanOrEqual(2);
});

test('a start that fails says why in systemctl status', async () => {
  pbx.run('cp -a /etc/hotline/hotline.env /root/kept.env; echo LOG_FORMAT=nice >> /etc/hotline/hotline.env');
  pbx.machine.run('systemctl restart hotline');
  await until(() => /LOG_FORMAT has a value/.test(pbx.machine.run('systemctl status hotline').stdout));
  pbx.run('mv /root/kept.env /etc/hotline/hotline.env; systemctl restart hotline');
});

test('setup --undo gives the PBX back as it was, to the byte', () => {
  const file = pbx.run('cat /etc/asterisk/extensions.conf').stdout;
  pbx.run('hotline setup --undo --yes');
  const own = file.slice(file.indexOf(trunkOfTheBook('extensions')));
  expect(own).not.toBe('');
  pbx.run(
    'cat > /etc/asterisk/extensions.conf',
    pbx.run('cat /etc/asterisk/extensions.conf').stdout.replace(own, ''),
  );
  expect(pbx.configuration()).toBe(before);
  expect(pbx.property('ActiveState')).toBe('inactive');
  expect(pbx.run('hotline setup --undo --yes').stdout).toBe('There is nothing to take out.\n');
});

test('removed, it leaves settings and data; purge asks, and removes them where the answer is yes', () => {
  const kept = 'ls -d /etc/hotline/hotline.env /var/lib/hotline /var/log/hotline /var/backups/hotline';
  pbx.run('dpkg --remove hotline');
  expect(pbx.machine.run('command -v hotline').status).not.toBe(0);
  pbx.run(kept);
  pbx.run('DEBIAN_FRONTEND=noninteractive dpkg --purge hotline');
  pbx.run(kept);
  pbx.run('dpkg -i later.deb; echo "hotline hotline/purge-data boolean true" | debconf-set-selections');
  pbx.run('DEBIAN_FRONTEND=noninteractive dpkg --purge hotline');
  expect(pbx.run(`${kept} 2> /dev/null || true`).stdout).toBe('');
});
