/** The package joined to a PBX by hand, as docs/admin.md and docs/operating.md say step by step, without `hotline setup`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../../src/local/run-state.ts';
import { commandsOf, settingsOf, snippet, snippets } from '../support/book.ts';
import { heardTwice, HotlineMachine, trunkOfTheBook } from '../support/machine/hotline-machine.ts';
import { until } from '../support/until.ts';

const registry = '## A registry of your own';
const [application = '', migrateImportStart = ''] = snippets(
  'admin.md',
  '**7. The application**',
  'sh',
).filter((block) => !block.startsWith('DATABASE_OWNER_URL'));
const [owner = ''] = snippets('admin.md', '**7. The application**', 'sh').filter((block) =>
  block.startsWith('DATABASE_OWNER_URL'),
);

/** The groups of the shipped modules.conf, each below its heading. */
const moduleGroups = readFileSync(join(checkout, 'asterisk-config/modules.conf'), 'utf8')
  .split(/^; --- /m)
  .slice(1)
  .map((text) => ({
    title: text.split('\n')[0]!,
    modules: settingsOf(text).map(([, , name]) => name),
  }));

function groupOf(title: string): readonly string[] {
  const found = moduleGroups.find((group) => group.title.startsWith(title));
  if (found === undefined) throw new Error(`modules.conf has no group ${title}`);
  return found.modules;
}

/** Modules for SIP that a PBX without the hotline would not miss. */
const ofTheHotline = [
  'res_pjsip_header_funcs.so',
  'res_pjsip_empty_info.so',
  'res_pjsip_messaging.so',
  'res_hep.so',
  'res_hep_pjsip.so',
];

let pbx: HotlineMachine;

beforeAll(async () => {
  pbx = await HotlineMachine.boot();
  pbx.run('dpkg -i hotline.deb 2>&1');
}, 600_000); // a machine is built and a package fetched: minutes, where others build images meanwhile
afterAll(() => pbx?.remove());

const write = (file: string, text: string, mode = '0644') =>
  pbx.run(`mkdir -p "$(dirname ${file})"; cat > ${file}; chmod ${mode} ${file}`, text);

test('steps 1 to 5: dialplan, recordings, ARI, AMI, and no core dumps', () => {
  const asterisk = (name: string) => `/etc/asterisk/${name}`;
  pbx.run(`set -e\n${snippet('admin.md', '**1. Dialplan.**', 'sh')}`);
  const includes = snippet('admin.md', '**1. Dialplan.**', 'ini');
  pbx.run(`cat >> ${asterisk('extensions.conf')}`, `${includes}\n${trunkOfTheBook('extensions')}`);
  pbx.run(`set -e\n${snippet('admin.md', '**2. Recordings.**', 'sh')}`);
  const [http = '', ari = ''] = snippets('admin.md', '**3. ARI**', 'ini');
  write(asterisk('http.conf'), http);
  write(asterisk('ari.conf'), ari);
  const listens = '[general]\nenabled = yes\nbindaddr = 127.0.0.1\n';
  write(asterisk('manager.conf'), listens + snippet('admin.md', '**4. AMI**', 'ini'));
  pbx.run(snippet('admin.md', '**5. Keep', 'sh'));
  const unit = snippet('admin.md', '**5. Keep', 'ini');
  write('/etc/systemd/system/asterisk.service.d/override.conf', unit);
  pbx.run('systemctl daemon-reload; systemctl restart asterisk');
});

const loadedModules = () =>
  pbx
    .run('asterisk -rx "core waitfullybooted" > /dev/null; asterisk -rx "module show"')
    .stdout.split('\n')
    .flatMap((line) => /^(\w+\.so) .* Running /.exec(line)?.[1] ?? []);
const shippedModules = () => moduleGroups.flatMap(({ modules }) => modules);

test('step 6: an Asterisk that loads all it has lacks nothing, and leaves out the two that are too many', () => {
  const unwanted = snippet('admin.md', '**6. Modules.**', 'ini');
  const names = settingsOf(unwanted).map(([, , name]) => name);
  expect(loadedModules()).toEqual(expect.arrayContaining(names));
  pbx.run('cat >> /etc/asterisk/modules.conf; systemctl restart asterisk', unwanted);
  const loaded = loadedModules();
  expect(loaded.filter((name) => names.includes(name))).toEqual([]);
  expect(shippedModules().filter((name) => !loaded.includes(name))).toEqual([]);
});

test('step 7: database, users and settings', () => {
  pbx.run('mariadb', snippet('operating.md', registry, 'sql'));
  const key = () => pbx.run('openssl rand -hex 32').stdout.trim();
  const filled = application
    .replace('hotline:password@', 'hotline:another-password@')
    .replace(/the one in (ari|manager)\.conf/g, 'at-least-8-characters')
    .replace('64 hexadecimal digits', key())
    .replace('64 others', key());
  const withoutTrunkOut = 'CALL_BACK=off\n';
  write('/etc/hotline/hotline.env', filled + withoutTrunkOut, '0600');
  write('/etc/hotline/owner.env', owner.replace(':password@', ':a-password@'), '0600');
  pbx.run('cat > accounts.csv', 'bhxh_code,phone\n0123456781,0912345601\n0123456782,0912345602\n');
  for (const command of commandsOf(migrateImportStart)) pbx.run(command);
  expect(pbx.run('systemctl status hotline').stdout).toContain('taking calls');
});

test('then a caller hears a password twice, and the doctor finds nothing to change', async () => {
  expect((await pbx.call(1)).stdout).toMatch(heardTwice);
  const { status, stdout } = pbx.machine.run('hotline doctor');
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringMatching(/ 0 to be changed\n$/) as string,
  });
});

test('a stranger who is refused is named in the log: Asterisk reports by hep.conf', async () => {
  const from = '<sip:stranger@127.0.0.1>';
  const invite = [
    'INVITE sip:19009068@127.0.0.1 SIP/2.0',
    'Via: SIP/2.0/UDP 127.0.0.1:5099;branch=z9hG4bKstranger',
    `From: ${from};tag=1`,
    'To: <sip:19009068@127.0.0.1>',
    'Call-ID: stranger',
    'CSeq: 1 INVITE',
    `Contact: ${from}`,
    'Max-Forwards: 70',
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
  pbx.run(`bash -c 'cat > /dev/udp/127.0.0.1/5060'`, invite);
  const log = () => pbx.run('cat /var/log/hotline/hotline.log').stdout;
  await until(() => /a call was refused.*no credentials, and no endpoint for this address/.test(log()));
});

test('step 6: a list of modules of the site itself, with what it says to add, serves calls too', async () => {
  const list = /With a list of your own, add (.*)/.exec(
    readFileSync(join(checkout, 'docs/admin.md'), 'utf8'),
  )![1]!;
  const groups = [...list.matchAll(/(?<![*\w])\*(.+?)\*/g)].flatMap(([, name]) => groupOf(name!));
  const added = [...groups, ...[...list.matchAll(/`(\w+\.so)`/g)].map(([, name]) => name!)];
  expect(added.length).toBeGreaterThan(groups.length);
  const plain = ['codec_alaw.so', ...groupOf('Timing'), ...groupOf('SIP and RTP'), 'pbx_config.so'];
  const own = plain.filter((name) => !ofTheHotline.includes(name));
  const lines = [...new Set([...own, ...added])].map((name) => `load = ${name}\n`);
  write('/etc/asterisk/modules.conf', `[modules]\nautoload = no\n${lines.join('')}`);
  pbx.run('systemctl restart asterisk hotline');
  const loaded = loadedModules();
  expect(added.filter((name) => !loaded.includes(name))).toEqual([]);
  expect((await pbx.call(2)).stdout).toMatch(heardTwice);
  expect(pbx.run('hotline doctor').stdout).toMatch(/ 0 to be changed\n$/);
});

describe('an officer without root', () => {
  const begin = '### An officer without root';
  const text = readFileSync(join(checkout, 'docs/operating.md'), 'utf8');
  const rules = snippet('operating.md', begin, '');
  const said = (command: RegExp) => command.exec(text)![1]!;
  /** As the officer, with a number on standard input. */
  const asLan = (command: string) =>
    pbx.machine.run(`setpriv --reuid=lan --regid=lan --init-groups ${command}`, '0912345601\n');

  beforeAll(() => {
    pbx.run('mariadb', snippet('operating.md', begin, 'sql'));
    const hashKey = pbx.run('grep ^HASH_KEY= /etc/hotline/hotline.env').stdout;
    const url = 'DATABASE_URL=mysql://hotline_officer:a-third-password@127.0.0.1:3306/hotline\n';
    write('/etc/hotline/officer.env', url + hashKey, '0600');
    write('/etc/sudoers.d/hotline-officers', rules, '0440');
    pbx.run(`useradd lan; ${said(/`(groupadd --system hotline-officers)`/)}`);
    pbx.run(said(/`(usermod -aG hotline-officers NAME)`/).replace('NAME', 'lan'));
  });

  test('the rules are ones that sudo takes', () => {
    expect(pbx.run('visudo -c').stdout).toContain('/etc/sudoers.d/hotline-officers: parsed OK');
  });

  test('finds a call by the number', async () => {
    const show = said(/`(sudo --user=hotline hotline audit show --phone)`/);
    await until(() => asLan(show).stdout.includes('changed'));
    expect(asLan(show)).toMatchObject({ status: 0, stderr: expect.stringContaining('1 call') as string });
  });

  test.each([
    'sudo -n --user=hotline hotline audit verify',
    'sudo -n --user=hotline hotline migrate',
    'sudo -n --user=hotline cat /etc/hotline/officer.env',
    'sudo -n hotline audit show --since 2026-01-01',
    'cat /etc/hotline/officer.env',
  ])('may not run %s', (command) => {
    const { status, stdout, stderr } = asLan(command);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/password is required|not allowed|Permission denied/);
  });

  test('sudo records who looked', () => {
    expect(pbx.run('journalctl --no-pager _COMM=sudo').stdout).toMatch(
      /lan : .*USER=hotline ; COMMAND=\/usr\/bin\/hotline audit show --phone/,
    );
  });
});
