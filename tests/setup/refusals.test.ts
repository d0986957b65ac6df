/** What setup cannot work with: it says why in one sentence, and changes nothing. */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseAdministrator } from '../../src/mysql/database/administrator.ts';
import { planSetup, undoChanges } from '../../src/setup/setup.ts';
import { requireFreePort } from '../../src/setup/settings-check.ts';
import { StagedChanges } from '../../src/setup/staged-changes.ts';
import { inBytes } from '../../src/setup/bytes.ts';
import {
  administrator,
  everyFile,
  generated,
  layouts,
  machine,
  removeMachines,
  setUp,
  type Machine,
} from '../support/machine/machine-to-set-up.ts';

afterAll(removeMachines);

const write = (file: string, text: string) => writeFileSync(file, text, { mode: 0o600 });
const ofAsterisk = (name: string, text: string) => (places: Machine) =>
  write(join(places.asterisk, name), text);
const settings = (text: string) => (places: Machine) => write(join(places.hotline, 'hotline.env'), text);

const refusals: Record<string, [(places: Machine) => void, RegExp]> = {
  'a file that Asterisk cannot read': [
    ofAsterisk('manager.conf', '[general\n'),
    /"\]" in line 1 of .*manager\.conf/,
  ],
  'a file that includes one that is gone': [
    ofAsterisk('pjsip.conf', '#include gone.conf\n'),
    /gone\.conf, which line 1 of .*pjsip\.conf includes, is not there/,
  ],
  'a file that is not there': [
    ({ asterisk }) => rmSync(join(asterisk, 'http.conf')),
    /http\.conf is not there/,
  ],
  'a file that a web interface writes, with none for an admin': [
    ofAsterisk('http.conf', `${generated}[general]\nenabled=yes\n`),
    /http\.conf is written by a web interface and does not include http_custom\.conf/,
  ],
  'a dialplan that includes copies of ours by hand': [
    (places) => {
      const files = ['extensions-hotline.conf', 'extensions-site.conf'];
      for (const name of files)
        copyFileSync(join(places.share, 'asterisk', name), join(places.asterisk, name));
      const includes = files.map((name) => `#include ${name}\n`).join('');
      ofAsterisk('extensions.conf', `[general]\n${includes}`)(places);
    },
    /take out #include extensions-hotline\.conf \(line 2 of .*extensions\.conf\), #include extensions-site\.conf \(line 3 of \S*\) first$/,
  ],
  'a dialplan that has one of our contexts in a file of another name': [
    (places) => {
      ofAsterisk('extensions.conf', '[general]\n#include mine.conf\n')(places);
      ofAsterisk('mine.conf', '\n[hotline-identity]\nexten => s,1,NoOp()\n')(places);
    },
    /take out \[hotline-identity\] \(line 2 of .*mine\.conf\) first$/,
  ],
  'a user of ARI whose password it does not know': [
    ofAsterisk('ari.conf', '[general]\n[hotline]\ntype=user\n'),
    /ari\.conf has a user \[hotline\] already: expected its password as ARI_PASSWORD/,
  ],
  'a file of secrets whose password it does not know': [
    ({ hotline }) => write(join(hotline, 'ari-user.conf'), '[hotline]\n'),
    /ari-user\.conf is there already: expected its password as ARI_PASSWORD/,
  ],
  'a setting that is not allowed': [
    settings('MAX_CALLS=many\n'),
    /MAX_CALLS has a value that is not allowed/,
  ],
  'a file of settings that cannot be read as written': [
    settings('MAX_CALLS 3\n'),
    /Line 1 of .*hotline\.env is not/,
  ],
  'a file of settings that is a folder': [
    ({ hotline }) => {
      rmSync(join(hotline, 'hotline.env'));
      mkdirSync(join(hotline, 'hotline.env'));
    },
    /hotline\.env is not a file/,
  ],
  'a record of changes that cannot be read': [
    ({ backups }) => {
      mkdirSync(backups);
      write(join(backups, 'setup.json'), '{');
    },
    /setup\.json, the record of what setup has changed, cannot be read/,
  ],
  'a file that cannot be written': [
    ({ asterisk }) => mkdirSync(join(asterisk, 'extensions.conf.hotline-new')),
    /extensions\.conf cannot be written \(.*\); nothing was changed/,
  ],
};

test.each(Object.entries(refusals))('%s: setup changes nothing', async (_, [spoil, message]) => {
  const places = machine(layouts['Debian']!);
  spoil(places);
  const before = everyFile(places.root);
  await expect(setUp(places)).rejects.toThrow(message);
  expect(everyFile(places.root)).toEqual(before);
});

test('lines that an admin has put below our part are named by the numbers they have in the file', async () => {
  const places = machine(layouts['Debian']!);
  await setUp(places);
  const file = join(places.asterisk, 'extensions.conf');
  const text = readFileSync(file, 'utf8');
  write(file, `${text}[hotline-menu]\n`);
  const line = text.split('\n').length;
  await expect(planSetup(places)).rejects.toThrow(`take out [hotline-menu] (line ${line} of ${file}) first`);
});

test('database users whose passwords nobody here knows: setup changes nothing', async () => {
  const places = machine(layouts['Debian']!);
  const before = everyFile(places.root);
  await expect(setUp(places, administrator({ known: ['hotline'] }))).rejects.toThrow(
    /has the users hotline already, .*: expected DATABASE_URL in hotline\.env/,
  );
  expect(everyFile(places.root)).toEqual(before);
});

test.each([
  ['', /lets no administrator in/], // the name of the database is ours to say
  ['/', /lets no administrator in/],
  ['?ssl=1', /^--database-admin: expected no parameters but tls=required/],
  ['?tls=required', /^--database-admin: expected, with TLS, the host name/],
])('an administrator at mysql://root:x@127.0.0.1:1%s', async (rest, message) => {
  const connection = DatabaseAdministrator.connect(`mysql://root:x@127.0.0.1:1${rest}`);
  await expect(connection).rejects.toThrow(message);
});

test('a port that another program has at the same address is refused by its name', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const at = (host: string) => requireFreePort({ HTTP_HOST: host, HTTP_PORT: String(port) });
  for (const host of ['127.0.0.1', '0.0.0.0'])
    await expect(at(host)).rejects.toThrow(
      new RegExp(`${host}:${port} .* is in use by .*process ${process.pid}.*: give HTTP_PORT a port that is`),
    );
  await expect(at('127.0.0.2')).resolves.toBeUndefined();
  await expect(at('192.0.2.1')).rejects.toThrow(/expected an address of this machine/);
  server.close();
});

test('files that cannot all be put in place are put back', () => {
  const { root } = machine(layouts['Debian']!);
  const [file, made, folder] = ['a', 'b', 'c'].map((name) => join(root, name)) as [string, string, string];
  write(file, 'old');
  mkdirSync(join(folder, 'full'), { recursive: true });
  const before = everyFile(root);
  const staged = new StagedChanges(
    [
      { path: file, before: inBytes('old'), after: inBytes('new') },
      { path: made, before: null, after: inBytes('new') },
    ],
    [{ path: folder, before: null, target: root }],
  );
  expect(() => staged.commit()).toThrow(/c cannot be written \(.*\); no file was changed/);
  expect(everyFile(root)).toEqual(before);
});

test('files that cannot all be written leave no part of them behind', () => {
  const { root } = machine(layouts['Debian']!);
  const before = everyFile(root);
  const [secret, gone] = ['secret', 'gone'].map((name) => join(root, name)) as [string, string];
  const changes = [
    { path: secret, before: null, after: inBytes('secret') },
    { path: gone, before: inBytes('old'), after: inBytes('new') },
  ];
  expect(() => new StagedChanges(changes)).toThrow(/gone cannot be written \(.*\); nothing was changed/);
  expect(everyFile(root)).toEqual(before);
});

test('files that cannot all be removed are put back', () => {
  const { root } = machine(layouts['Debian']!);
  const [file, gone] = ['a', 'gone'].map((name) => join(root, name)) as [string, string];
  write(file, 'old');
  const before = everyFile(root);
  const staged = new StagedChanges([], [], [file, gone]);
  expect(() => staged.commit()).toThrow(/gone cannot be written \(.*\); no file was changed/);
  expect(everyFile(root)).toEqual(before);
  new StagedChanges([], [], [file]).commit();
  expect(everyFile(root)).not.toHaveProperty([file]);
});

test('a setup whose files cannot be put in place says that the database was made, and a later one goes on', async () => {
  const places = machine(layouts['Debian']!);
  const before = everyFile(places.asterisk, places.hotline);
  const vi = join(places.sounds, 'vi');
  const server = administrator();
  const create = () => Promise.resolve(void mkdirSync(vi));
  const inTheWay = { ...server, admin: { ...server.admin, create } as unknown as DatabaseAdministrator };
  await expect(setUp(places, inTheWay)).rejects.toThrow(
    /vi cannot be written .*; no file was changed; the database hotline and its users were made and stay/,
  );
  expect(everyFile(places.asterisk, places.hotline)).toEqual(before);
  await setUp(places, administrator({ known: ['hotline', 'hotline_owner'] }));
});

describe('setup --undo', () => {
  test('of a file that cannot be removed, it changes nothing', async () => {
    const places = machine(layouts['Debian']!);
    await setUp(places);
    mkdirSync(join(places.asterisk, 'extensions-site.conf.hotline-new'));
    const before = everyFile(places.asterisk, places.hotline, places.sounds);
    expect(() => undoChanges(places)).toThrow(/extensions-site\.conf cannot be written/);
    expect(everyFile(places.asterisk, places.hotline, places.sounds)).toEqual(before);
    rmSync(join(places.asterisk, 'extensions-site.conf.hotline-new'), { recursive: true });
    expect(undoChanges(places).left).toEqual([]);
  });

  test('after an admin changed lines within our part, it keeps a copy of them', async () => {
    const places = machine(layouts['Debian']!);
    const before = everyFile(places.asterisk, places.hotline);
    await setUp(places);
    const file = join(places.asterisk, 'http.conf');
    const edited = readFileSync(file, 'utf8').replace('sessionlimit = 500', 'sessionlimit = 900');
    writeFileSync(file, edited);
    const { copies } = undoChanges(places);
    expect(everyFile(places.asterisk, places.hotline)).toEqual(before);
    expect(copies.map((copy) => readFileSync(copy, 'utf8'))).toEqual([edited]);
  });

  test.each([
    ['saved with the line ends of Windows', (text: string) => text.replaceAll('\n', '\r\n')],
    ['with one of our two lines gone', (text: string) => text.replace(/.*<<< hotline <<<\n/, '')],
    ['with our part twice', (text: string) => text + text.slice(text.indexOf('; >>> hotline'))],
  ])('of a file %s, it changes nothing, and neither does setup', async (_, spoil) => {
    const places = machine(layouts['Debian']!);
    await setUp(places);
    const file = join(places.asterisk, 'extensions.conf');
    writeFileSync(file, spoil(readFileSync(file, 'utf8')));
    const before = everyFile(places.root);
    expect(() => undoChanges(places)).toThrow(/extensions\.conf: the lines ">>> hotline: …" .* were changed/);
    await expect(planSetup(places)).rejects.toThrow(/extensions\.conf: the lines/);
    delete before[join(places.backups, 'kept.env')];
    const after = everyFile(places.root);
    delete after[join(places.backups, 'kept.env')];
    expect(after).toEqual(before);
  });

  test('a copy from before the next setup is one of that day', async () => {
    const places = machine(layouts['Debian']!);
    await setUp(places);
    undoChanges(places);
    const file = join(places.asterisk, 'http.conf');
    writeFileSync(file, '[general]\n; mine\n');
    await setUp(places, administrator({ known: ['hotline', 'hotline_owner'] }));
    expect(readFileSync(join(places.backups, 'before-setup', file), 'utf8')).toBe('[general]\n; mine\n');
  });
});
