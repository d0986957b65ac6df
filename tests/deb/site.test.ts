/** What is an admin's own, changed on a machine with the package as docs/admin.md says, and heard in real calls. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../../src/local/run-state.ts';
import { snippet, snippets } from '../support/book.ts';
import { heardTwice, HotlineMachine } from '../support/machine/hotline-machine.ts';
import { speechOf, wavOf } from '../support/recordings/wav.ts';
import { until } from '../support/until.ts';

const book = readFileSync(join(checkout, 'docs/admin.md'), 'utf8');
const siteFile = '/etc/asterisk/extensions-site.conf';
const [context = '', queue = ''] = snippets('admin.md', '## The operator', 'ini');
const dial = ' same => n,Dial(PJSIP/6002,30,b(my-screen^s^1))\n';

let pbx: HotlineMachine;
beforeAll(async () => {
  pbx = await HotlineMachine.boot();
  await pbx.setUp();
}, 600_000); // a machine is built and a package fetched: minutes, where others build images meanwhile
afterAll(() => pbx?.remove());

const doctor = () => pbx.machine.run('hotline doctor');
const press = async (key: string, how = '') =>
  (await pbx.machine.start(`hotline call --from 0912345601 --key ${key} ${how}`)).stdout
    .trim()
    .split('\n')
    .at(-1);
const edit = (file: string, from: RegExp | string, to: string) => {
  const path = join(pbx.machine.root, file);
  const text = readFileSync(path, 'utf8');
  const edited = text.replace(from, () => to);
  if (edited === text) throw new Error(`${file} has no ${String(from)}`);
  writeFileSync(path, edited);
};

test('with a menu of another voice put live, hotline call hears the menu and presses the key', async () => {
  const store = `{ directory: '/var/lib/hotline/recordings', program: '/usr/lib/hotline/sounds/vi' }`;
  const script = `
    import { readFile } from 'node:fs/promises';
    import { keepVersion, putLive } from '/usr/lib/hotline/src/recordings/own/own-recordings.ts';
    const [alaw, sln16] = await Promise.all(['alaw', 'sln16'].map((end) =>
      readFile('/usr/lib/hotline/sounds/vi/hotline/menu.' + end)));
    const words = /name: menu\\n.*\\n +text: (.*)/.exec(await readFile('/usr/lib/hotline/sounds/vi/prompts.yaml', 'utf8'))[1];
    await keepVersion(${store}, 'hotline/menu', { alaw: alaw.map((byte) => byte ^ 1), sln16 }, { says: words, by: 'lan' });
    await putLive(${store}, 'hotline/menu', 1, 'lan');`;
  pbx.run('cat > /tmp/put-live.mjs', script);
  pbx.run(
    'setpriv --reuid=hotline --regid=hotline --init-groups /usr/lib/hotline/node_modules/.bin/node /tmp/put-live.mjs',
  );
  expect(await press('9')).toBe('Key 9 leads to: goodbye.');
});

test('a branch, steps before the menu and a menu as they are shown: the doctor names what is still to be made', () => {
  pbx.run(`cat >> ${siteFile}`, snippet('admin.md', '## What is yours', 'ini'));
  pbx.run('hotline pbx reload');
  const { status, stdout } = doctor();
  expect(status).toBe(5);
  for (const name of ['my-office-hours', 'my-holiday', 'my-menu'])
    expect(stdout).toContain(`no sound custom/${name} in /usr/share/asterisk/sounds`);
});

test('with recordings where the document has them made, key 2 and branch 8 are there', async () => {
  const [, folder = ''] =
    / (\/\S+)\/my-menu\.wav$/m.exec(snippet('admin.md', '**Recordings of your own**', 'sh')) ?? [];
  const speech = speechOf('hotline/goodbye', 0.5).filter((_, at) => at % 2 === 0);
  for (const name of ['my-office-hours', 'my-holiday', 'my-menu'])
    writeFileSync(join(pbx.machine.root, folder, `${name}.wav`), wavOf(speech, { rate: 8000 }));
  expect(doctor()).toMatchObject({ status: 0 });
  expect(await press('2')).toMatch(/^Key 2 was not pressed\. The menu was not recognised/);
  expect(await press('2', '--type-ahead')).toBe('Key 2 leads to: a recording of your own, goodbye.');
  const call = 'hotline call --from 0912345602 --code 0123456782 --type-ahead';
  expect((await pbx.machine.start(call)).stdout).toMatch(heardTwice);
});

test('the operator as shown: the doctor names the phone that is missing; a queue in its place is reached', async () => {
  edit(siteFile, /\n\[hotline-operator\]\n(?:.+\n)+/, `\n${context}`);
  pbx.run('hotline pbx reload');
  expect(doctor().stdout).toContain('pjsip.conf has no endpoint [6002]');
  edit(siteFile, dial, queue);
  pbx.run(
    `cat >> ${siteFile}`,
    '[my-agent]\nexten => s,1,Answer()\n same => n,Playback(custom/my-holiday)\n',
  );
  pbx.run('cat >> /etc/asterisk/queues.conf', '[operators]\nmember => Local/s@my-agent\n');
  edit('/etc/asterisk/hotline-hours.conf', /^(\w+day) = .*/gm, '');
  const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
  const today = new Date(Date.now() + 7 * 3600_000).toISOString().slice(0, 10); // in Vietnam
  edit(
    '/etc/asterisk/hotline-hours.conf',
    '[week]',
    `[week]\n${days.map((day) => `${day} = 00:00-24:00\n`).join('')}`,
  );
  edit('/etc/asterisk/hotline-hours.conf', '[days]', `[days]\n${today} = 00:00-24:00`);
  pbx.run('hotline pbx reload');
  const [, reload = ''] = /`(asterisk -rx 'queue reload all')`/.exec(book) ?? [];
  pbx.run(reload);
  expect(await press('0', '--type-ahead')).toBe('Key 0 leads to: transferring, a recording of your own.');
  expect(doctor()).toMatchObject({ status: 0 });
});

test('a holiday without "=" is named with its line', () => {
  edit('/etc/asterisk/hotline-hours.conf', '2027-01-01 = Tết', '2027-01-01: Tết');
  expect(doctor().stdout).toMatch(/line \d+ «2027-01-01: Tết Dương lịch»: expected "=" in it/);
  edit('/etc/asterisk/hotline-hours.conf', '2027-01-01: Tết', '2027-01-01 = Tết');
});

test('PASSWORD_VALID_MINUTES: the doctor names a wrong value before the restart, and a right one is said', async () => {
  pbx.run('echo PASSWORD_VALID_MINUTES=20 >> /etc/hotline/hotline.env');
  expect(doctor()).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('PASSWORD_VALID_MINUTES has a value that is not allowed') as string,
  });
  pbx.run('sed -i s/MINUTES=20/MINUTES=30/ /etc/hotline/hotline.env; systemctl restart hotline');
  await until(() => pbx.isActive());
  const call = 'hotline call --from 0912345603 --code 0123456783 --type-ahead';
  expect((await pbx.machine.start(call)).stdout).toContain('Mật khẩu có hiệu lực trong 30 phút');
});
