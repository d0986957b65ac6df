/** Setup on machines of our own making: files as Debian, FreePBX and Issabel lay them out. */
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { readEnvFile } from '../../src/machine/env-file.ts';
import {
  changesNothing,
  describeChange,
  planSetup,
  presentDatabase,
  undoChanges,
} from '../../src/setup/setup.ts';
import {
  administrator,
  everyFile,
  layouts,
  machine,
  removeMachines,
  setUp,
} from '../support/machine/machine-to-set-up.ts';

afterAll(removeMachines);

describe.each(Object.keys(layouts))('on a PBX as %s lays it out', (layout) => {
  test('what setup makes is taken out again, to the byte', async () => {
    const places = machine(layouts[layout]!);
    const before = everyFile(places.asterisk, places.hotline);
    await setUp(places);
    expect(everyFile(places.asterisk, places.hotline)).not.toEqual(before);
    expect(readlinkSync(join(places.sounds, 'vi'))).toBe(join(places.recordings, 'live'));
    expect(existsSync(join(places.sounds, 'vi/hotline/menu.alaw'))).toBe(true);
    expect(undoChanges(places).left).toEqual([]);
    expect(everyFile(places.asterisk, places.hotline)).toEqual(before);
    expect(readdirSync(places.sounds)).toEqual([]);
  });

  test('a second setup changes nothing', async () => {
    const places = machine(layouts[layout]!);
    await setUp(places);
    expect(changesNothing(await planSetup(places))).toBe(true);
  });

  test('no secret is shown, and each stands in a file of root and Asterisk alone', async () => {
    const places = machine(layouts[layout]!);
    const plan = await setUp(places);
    const values = readEnvFile(readFileSync(join(places.hotline, 'hotline.env'), 'utf8'), '');
    const secrets = ['ARI_PASSWORD', 'AMI_PASSWORD', 'HASH_KEY', 'AUDIT_KEY'].map((name) => values[name]!);
    const shown = plan.files.map(describeChange).join('');
    expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
    const open = Object.entries(everyFile(places.asterisk)).filter(([, text]) =>
      secrets.some((secret) => text.includes(secret)),
    );
    expect(open).toEqual([]);
    for (const name of ['ari-user.conf', 'manager-user.conf'])
      expect(statSync(join(places.hotline, name)).mode & 0o777).toBe(0o640);
  });
});

test('shows each change as diff -u does', async () => {
  const places = machine(layouts['Debian']!);
  const { files } = await planSetup(places, administrator().admin);
  const http = join(places.asterisk, 'http.conf');
  expect(describeChange(files.find(({ path }) => path === http)!)).toBe(
    `--- ${http}\n+++ ${http}\n@@ -1,3 +1,9 @@\n [general]\n servername=Asterisk\n bindaddr=127.0.0.1\n+\n+; >>> hotline: by "hotline setup"; "hotline setup --undo" takes it out >>>\n+[general](+)\n+enabled = yes\n+sessionlimit = 500\n+; <<< hotline <<<\n`,
  );
});

test.each([
  ['FreePBX', 'ari_additional_custom.conf'],
  ['Issabel', 'ari.conf'], // which nothing generates there
])(
  'writes into the files that %s leaves to an admin, and into none that it writes anew',
  async (layout, ari) => {
    const { files } = await setUp(machine(layouts[layout]!));
    expect(files.map(({ path }) => path.replace(/.*\/etc\//, ''))).toEqual([
      'hotline/hotline.env',
      'hotline/owner.env',
      'hotline/ari-user.conf',
      'hotline/manager-user.conf',
      'asterisk/http_custom.conf',
      `asterisk/${ari}`,
      'asterisk/manager_custom.conf',
      'asterisk/extensions-site.conf',
      'asterisk/hotline-hours.conf',
      'asterisk/extensions_custom.conf',
    ]);
  },
);

test('takes over where FreePBX has ARI, and switches call-backs off without a trunk for them', async () => {
  const places = machine(layouts['FreePBX']!);
  await setUp(places);
  const values = readEnvFile(readFileSync(join(places.hotline, 'hotline.env'), 'utf8'), '');
  expect(values).toMatchObject({
    ARI_URL: 'http://127.0.0.1:8088/pbx',
    AMI_HOST: '127.0.0.1',
    CALL_BACK: 'off',
  });
});

test("promises call-backs on a PBX whose own dialplan file names an endpoint of the admin's for them", async () => {
  const asAdmin = (trunk: string) =>
    machine({
      ...layouts['Debian'],
      'pjsip.conf': '[viettel]\ntype = endpoint\n',
      'extensions-site.conf': `[globals]\nHOTLINE_CALLS_TRUNK = ${trunk}\n`,
    });
  for (const [trunk, callBack] of [
    ['viettel', undefined],
    ['mobifone', 'off'],
  ] as const) {
    const places = asAdmin(trunk);
    await setUp(places);
    const { CALL_BACK } = readEnvFile(readFileSync(join(places.hotline, 'hotline.env'), 'utf8'), '');
    expect(CALL_BACK).toBe(callBack);
  }
});

test('with an empty HOTLINE_CALLS_TRUNK, the dialplan calls back by trunk-out, and so does setup', async () => {
  const places = machine({
    ...layouts['Debian'],
    'pjsip.conf': '[trunk-out]\ntype = endpoint\n',
    'extensions-site.conf': '[globals]\nHOTLINE_CALLS_TRUNK =\n',
  });
  expect((await setUp(places)).settings).not.toHaveProperty('CALL_BACK');
});

test('what Asterisk takes as not set is not set', async () => {
  const places = machine({
    ...layouts['Debian'],
    'http.conf': '[general]\nenabled=yes\nbindaddr=\nbindport=\nprefix=\nsessionlimit=\n',
    'manager.conf': '[general]\nenabled = yes\nport =\nbindaddr =\n',
  });
  const { settings } = await setUp(places);
  expect(settings).toMatchObject({
    ARI_URL: 'http://127.0.0.1:8088',
    AMI_HOST: '127.0.0.1',
    AMI_PORT: '5038',
  });
  const http = readFileSync(join(places.asterisk, 'http.conf'), 'utf8');
  expect(http).toContain('bindaddr = 127.0.0.1\nsessionlimit = 500\n');
});

test('a setting with an empty value is one to be made, and loses nothing that was kept', async () => {
  const places = machine(layouts['Debian']!);
  const file = join(places.hotline, 'hotline.env');
  writeFileSync(file, 'DATABASE_URL=\nHASH_KEY=\nARI_USERNAME=\n');
  await setUp(places);
  const { HASH_KEY, DATABASE_URL } = readEnvFile(readFileSync(file, 'utf8'), '');
  undoChanges(places);
  expect(presentDatabase(places)).toBeUndefined();
  const known = ['hotline', 'hotline_owner'];
  undoChanges(places);
  expect((await setUp(places, administrator({ known }))).settings).toMatchObject({ HASH_KEY, DATABASE_URL });
});

test('what an admin adds after setup stays when it is undone', async () => {
  const places = machine(layouts['Debian']!);
  await setUp(places);
  const file = join(places.asterisk, 'extensions.conf');
  writeFileSync(file, `${readFileSync(file, 'utf8')}[mine]\nexten => 1,1,NoOp()\n`);
  writeFileSync(join(places.asterisk, 'extensions-site.conf'), '[hotline-operator]\n');
  expect(undoChanges(places).left).toEqual([join(places.asterisk, 'extensions-site.conf')]);
  expect(readFileSync(file, 'utf8')).toBe(
    `${layouts['Debian']!['extensions.conf']}[mine]\nexten => 1,1,NoOp()\n`,
  );
});

test('our part stays where it stands when an admin has put lines below it', async () => {
  const places = machine(layouts['Debian']!);
  await setUp(places);
  for (const name of ['http.conf', 'extensions.conf', 'ari.conf', 'manager.conf'])
    appendFileSync(join(places.asterisk, name), '[mine]\nexten => 1,1,NoOp()\n');
  appendFileSync(join(places.hotline, 'hotline.env'), 'MAX_CALLS=3\n');
  expect(changesNothing(await planSetup(places))).toBe(true);
});

test('a setup after one that was undone goes on with the same keys and database users', async () => {
  const places = machine(layouts['Debian']!);
  await setUp(places);
  const text = () => readEnvFile(readFileSync(join(places.hotline, 'hotline.env'), 'utf8'), '');
  const first = text();
  undoChanges(places);
  await setUp(places, administrator({ known: ['hotline', 'hotline_owner'] }));
  expect(text()).toEqual(first);
});

test('a setup that was cut off before the database was there changes no file, and goes on with the same passwords', async () => {
  const places = machine(layouts['Debian']!);
  const before = everyFile(places.asterisk, places.hotline, places.sounds);
  await expect(setUp(places, administrator({ fails: true }))).rejects.toThrow('cut off');
  expect(everyFile(places.asterisk, places.hotline, places.sounds)).toEqual(before);
  const kept = readEnvFile(readFileSync(join(places.backups, 'kept.env'), 'utf8'), '');
  const again = administrator({ known: ['hotline'] });
  await setUp(places, again);
  const values = readEnvFile(readFileSync(join(places.hotline, 'hotline.env'), 'utf8'), '');
  expect(values['DATABASE_URL']).toBe(kept['DATABASE_URL']);
  const { password } = new URL(values['DATABASE_URL']!);
  expect(again.created).toEqual([
    ['hotline', '127.0.0.1', expect.objectContaining({ application: { user: 'hotline', password } })],
  ]);
});

test('a path and a value in other letters than English come through setup and back', async () => {
  const places = machine(layouts['Debian']!, 'Tổng đài é');
  const settings = join(places.hotline, 'hotline.env');
  writeFileSync(settings, 'ARI_PASSWORD=mật-khẩu-của-tôi\n', { mode: 0o600 });
  const before = everyFile(places.asterisk, places.hotline);
  await setUp(places);
  expect(readFileSync(join(places.asterisk, 'ari.conf'), 'utf8')).toContain(`#include ${places.hotline}/`);
  expect(readFileSync(join(places.hotline, 'ari-user.conf'), 'utf8')).toContain('= mật-khẩu-của-tôi\n');
  expect(changesNothing(await planSetup(places))).toBe(true);
  undoChanges(places);
  expect(everyFile(places.asterisk, places.hotline)).toEqual(before);
  expect(readdirSync(places.sounds)).toEqual([]);
  expect(readFileSync(join(places.backups, 'kept.env'), 'utf8')).toContain('ARI_PASSWORD=mật-khẩu-của-tôi\n');
});

test('recordings of others stay, and ours are linked beside them', async () => {
  const places = machine(layouts['Debian']!);
  mkdirSync(join(places.sounds, 'vi/digits'), { recursive: true });
  const { byHand } = await setUp(places);
  expect(readlinkSync(join(places.sounds, 'vi/hotline'))).toBe(join(places.recordings, 'live/hotline'));
  expect(byHand.join('\n')).toContain('vi/digits is there already');
  undoChanges(places);
  expect(readdirSync(join(places.sounds, 'vi'))).toEqual(['digits']);
});

test('a file in another encoding and one behind a link are changed in place, and undone to the byte', async () => {
  const places = machine(layouts['Debian']!);
  const file = join(places.asterisk, 'extensions.conf');
  const text = Buffer.concat([readFileSync(file), Buffer.from([0x3b, 0xe9, 0xff, 0x0a])]);
  const elsewhere = join(places.asterisk, '../extensions.conf');
  writeFileSync(elsewhere, text);
  rmSync(file);
  symlinkSync('../extensions.conf', file);
  await setUp(places);
  expect(readlinkSync(file)).toBe('../extensions.conf');
  expect(readFileSync(elsewhere).subarray(0, text.length)).toEqual(text);
  undoChanges(places);
  expect([readlinkSync(file), readFileSync(elsewhere)]).toEqual(['../extensions.conf', text]);
});

test('a user of ARI that an admin has made is taken if its password is in hotline.env, and refused otherwise', async () => {
  const own = {
    ...layouts['Debian'],
    'ari.conf':
      '[general]\nenabled = yes\nwebsocket_write_timeout = 5000\n[hotline]\ntype = user\npassword = own-password\n',
  };
  const places = machine(own);
  await expect(planSetup(places, administrator().admin)).rejects.toThrow(
    /ari\.conf has a user \[hotline\] already/,
  );
  writeFileSync(join(places.hotline, 'hotline.env'), 'ARI_PASSWORD=own-password\n', { mode: 0o600 });
  const { files } = await planSetup(places, administrator().admin);
  expect(files.map(({ path }) => path).filter((path) => path.includes('ari'))).toEqual([]);
});

test('users of ARI and AMI have the names that an admin has set', async () => {
  const places = machine(layouts['Debian']!);
  writeFileSync(join(places.hotline, 'hotline.env'), 'ARI_USERNAME=tong-dai\n', { mode: 0o600 });
  await setUp(places);
  expect(readFileSync(join(places.hotline, 'ari-user.conf'), 'utf8')).toContain('[tong-dai]\n');
  expect(readFileSync(join(places.hotline, 'manager-user.conf'), 'utf8')).toContain('[hotline]\n');
});

test("the site's own recordings are what Asterisk plays, also if they come after the first setup", async () => {
  const places = machine(layouts['Debian']!);
  const menu = () => readFileSync(join(places.sounds, 'vi/hotline/menu.alaw'), 'latin1');
  await setUp(places);
  const shipped = menu();
  cpSync(join(places.share, 'sounds/vi'), places.siteSounds, { recursive: true });
  writeFileSync(join(places.siteSounds, 'hotline/menu.alaw'), 'the site');
  await setUp(places);
  expect(menu()).toBe('the site');
  rmSync(places.siteSounds, { recursive: true });
  await setUp(places);
  expect(menu()).toBe(shipped);
  expect(changesNothing(await planSetup(places))).toBe(true);
  expect(undoChanges(places).restored).toContain(join(places.sounds, 'vi'));
  expect(readdirSync(places.sounds)).toEqual([]);
});

test('a link that an earlier version led to the recordings of the package leads to the store now', async () => {
  const places = machine(layouts['Debian']!);
  symlinkSync(join(places.share, 'sounds/vi'), join(places.sounds, 'vi'));
  await setUp(places);
  expect(readlinkSync(join(places.sounds, 'vi'))).toBe(join(places.recordings, 'live'));
});

test('a link that an admin has led elsewhere since is left, and named', async () => {
  const places = machine(layouts['Debian']!);
  await setUp(places);
  const link = join(places.sounds, 'vi');
  rmSync(link);
  symlinkSync('/srv/recordings', link);
  expect(undoChanges(places).left).toEqual([link]);
  expect(readlinkSync(link)).toBe('/srv/recordings');
});
