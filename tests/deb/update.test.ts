/** Updates of the package on a machine whose application runs, waits, is being stopped or has a call. */
import { heardTwice, HotlineMachine } from '../support/machine/hotline-machine.ts';
import { until } from '../support/until.ts';

let pbx: HotlineMachine;

beforeAll(async () => {
  pbx = await HotlineMachine.boot();
  await pbx.setUp();
}, 600_000); // a machine is built and a package fetched: minutes, where others build images meanwhile
afterAll(() => pbx?.remove());

test('an update keeps what the admin changed, and takes calls again', async () => {
  pbx.run('echo "# mine" | tee -a /etc/hotline/hotline.env /etc/logrotate.d/hotline');
  pbx.run('dpkg -i later.deb');
  await until(() => pbx.isActive());
  expect(pbx.run('hotline --version').stdout).toBe('0.1.1\n');
  expect(
    pbx.run('grep -l "# mine" /etc/hotline/hotline.env /etc/logrotate.d/hotline').stdout.split('\n'),
  ).toHaveLength(3);
});

test('a caller hears everything when the package is updated in the call', async () => {
  const heard = pbx.call(2);
  await until(() => pbx.isServed());
  pbx.run('dpkg -i later.deb');
  expect((await heard).stdout).toMatch(heardTwice);
  await until(() => pbx.isActive());
});

test('the package before is put back while the application waits for Asterisk, and takes calls', async () => {
  pbx.run('systemctl stop asterisk; systemctl restart --no-block hotline');
  await until(() => /waiting for Asterisk/.test(pbx.property('StatusText')));
  const pid = pbx.property('MainPID');
  pbx.run('dpkg -i hotline.deb; systemctl start asterisk');
  await until(() => pbx.isActive());
  expect(pbx.property('MainPID')).not.toBe(pid);
  expect(pbx.run('hotline --version').stdout).toBe('0.1.0\n');
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
  const pid = pbx.property('MainPID');
  pbx.run(makeFailingUpdate);
  expect(pbx.machine.run('dpkg -i /root/failing.deb').stderr).toContain('preinst');
  await until(() => pbx.isActive());
  expect(pbx.property('MainPID')).not.toBe(pid); // it had been stopped
  expect(pbx.run('hotline --version; dpkg-query -s hotline | grep ^Status').stdout).toBe(
    '0.1.0\nStatus: install ok installed\n',
  );
});

test('an update waits for an application that is being stopped, and does not start it', async () => {
  const heard = pbx.call(1);
  await until(() => pbx.isServed());
  pbx.run('systemctl stop --no-block hotline');
  await until(() => pbx.property('ActiveState') === 'deactivating');
  pbx.run('dpkg -i later.deb');
  const after = { state: pbx.property('ActiveState'), job: pbx.property('Job') };
  expect((await heard).stdout).toMatch(heardTwice);
  expect(after).toEqual({ state: 'inactive', job: '' });
});

/** Stops only once there is something to be read, as an application that has calls. */
const stopsWhenTold = `[Service]\nExecStop=+/bin/sh -c 'read line < /run/end'\n`;

test('an update starts what was being restarted', async () => {
  pbx.run(
    'mkfifo /run/end; mkdir /run/systemd/system/hotline.service.d; cat > /run/systemd/system/hotline.service.d/end.conf; systemctl daemon-reload; systemctl start hotline',
    stopsWhenTold,
  );
  const pid = pbx.property('MainPID');
  pbx.run('systemctl restart --no-block hotline');
  const updated = pbx.machine.start('dpkg -i /root/hotline.deb');
  await until(() => pbx.run('systemctl list-jobs --no-legend hotline.service').stdout.includes(' stop '));
  pbx.run('rm -r /run/systemd/system/hotline.service.d; systemctl daemon-reload; echo > /run/end');
  expect((await updated).status).toBe(0);
  await until(() => pbx.isActive());
  expect(pbx.property('MainPID')).not.toBe(pid);
});

test('a removal that fails leaves it running, and started with the machine', async () => {
  pbx.run('systemctl --quiet enable hotline; echo exit 1 >> /var/lib/dpkg/info/hotline.prerm');
  const pid = pbx.property('MainPID');
  expect(pbx.machine.run('dpkg --remove hotline')).toMatchObject({ status: 1 });
  await until(() => pbx.isActive());
  expect(pbx.property('MainPID')).not.toBe(pid); // it had been stopped
  expect(pbx.property('UnitFileState')).toBe('enabled');
  expect(
    pbx.run('dpkg-query -s hotline | grep -o "ok installed$"; ls /run | grep -c hotline.was || true').stdout,
  ).toBe('ok installed\n0\n');
});
