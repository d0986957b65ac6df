/** What a stranger on the carrier's network finds: a hotline that faces it, scanned from a network namespace of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { checkout } from '../../src/local/run-state.ts';
import { ensurePrivateRoot } from '../support/machine/private-root.ts';
import { HotlineProcess } from './hotline-process.ts';
import { newStateDirectory } from './state-directory.ts';
import type { Scans } from './stranger.ts';
import { inPrivateMounts } from '../support/machine/private-mounts.ts';
import { until } from '../support/until.ts';

const [ours, stranger, carrier] = ['10.99.0.1', '10.99.0.2', '10.99.0.3'];
const state = newStateDirectory();
const config = newStateDirectory();
let hotline: HotlineProcess;
let scans: Scans;

beforeAll(async () => {
  await ensurePrivateRoot();
  cpSync(join(checkout, 'asterisk-config'), config, { recursive: true });
  // As the file tells an admin to: "change 127.0.0.1 to the address that faces your carrier", and "put your carrier's addresses into match".
  const file = join(config, 'pjsip.conf');
  const changed = readFileSync(file, 'utf8')
    .replaceAll(/^(bind|media_address) = 127\.0\.0\.1/gm, `$1 = ${ours}`)
    .replace(/^match = 127\.0\.0\.2$/m, `match = ${carrier}`);
  writeFileSync(file, changed);
  // Linux tells a scanner of one closed UDP port a second; without that brake every port can be asked.
  const script = `chmod -R o+rX ${config} && mount --bind ${config} ${checkout}/asterisk-config && echo 0 > /proc/sys/net/ipv4/icmp_ratemask \
    && ip link add ours type veth peer name theirs && ip address add ${ours}/24 dev ours && ip link set ours up`;
  hotline = new HotlineProcess({ state, around: (command) => inPrivateMounts(script, command) });
  await hotline.waitFor(/hotline ready/);
  await sendOneMessage();
  scans = await scansFromOutside();
}, 300_000);

afterAll(async () => {
  await hotline?.remove(state);
  rmSync(config, { recursive: true, force: true });
}, 30_000);

/** With the first SIP message Asterisk opens the port from which it reports them (res_hep). */
async function sendOneMessage(): Promise<void> {
  const message = [
    `OPTIONS sip:${ours} SIP/2.0`,
    `Via: SIP/2.0/UDP ${ours}:9;branch=z9hG4bKa`,
    'From: <sip:a@x>;tag=1',
    'To: <sip:a@x>',
    'Call-ID: a',
    'CSeq: 1 OPTIONS',
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
  const send = `const socket = require('dgram').createSocket('udp4');
    socket.send(process.argv[1], 5060, '${ours}', () => socket.close());`;
  const inside = ['--target', String(hotline.pid), '--net', process.execPath, '-e', send, message];
  await once(spawn('nsenter', inside, { stdio: 'inherit' }), 'exit');
  await until(async () => (await silentPorts()).length === 2);
}

/** Runs the stranger in a network namespace with the other end of the cable. */
async function scansFromOutside(): Promise<Scans> {
  const addresses = [stranger, carrier]
    .map((address) => `ip address add ${address}/24 dev theirs`)
    .join(' && ');
  const script = `read go && ip link set lo up && ${addresses} && ip link set theirs up && exec "$@"`;
  const program = [process.execPath, join(import.meta.dirname, 'stranger.ts'), ours, stranger, carrier];
  const outside = spawn('unshare', ['--net', 'sh', '-ec', script, 'sh', ...program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const printed = text(outside.stdout);
  const own = readFileSync('/proc/self/net/dev', 'utf8');
  await until(
    () =>
      readFileSync(`/proc/${outside.pid}/net/dev`, 'utf8') !== own &&
      readFileSync(`/proc/${outside.pid}/cmdline`, 'utf8').startsWith('sh'),
  );
  const cable = [
    '--target',
    String(hotline.pid),
    '--net',
    'ip',
    'link',
    'set',
    'theirs',
    'netns',
    String(outside.pid),
  ];
  await once(spawn('nsenter', cable, { stdio: 'inherit' }), 'exit');
  outside.stdin.end('go\n');
  return JSON.parse(await printed) as Scans;
}

/**
 * The port from which Asterisk's SIP library asks name servers, and the one from which it reports its SIP
 * messages to the application. Neither can be bound (res_pjsip/config_system.c, res_hep.c). The first takes
 * answers to its own questions only, and nobody reads the second.
 */
async function silentPorts(): Promise<string[]> {
  const [pbx] = await hotline.processes(/^\/usr\/sbin\/asterisk/);
  const sockets = readdirSync(`/proc/${pbx!}/fd`).map((name) => readlinkSync(`/proc/${pbx!}/fd/${name}`));
  const rows = readFileSync(`/proc/${pbx!}/net/udp`, 'utf8').trim().split('\n').slice(1);
  const ports = rows
    .map((row) => row.trim().split(/\s+/))
    .filter(
      ([, address, , , , , , , , inode]) =>
        address!.startsWith('00000000:') && sockets.includes(`socket:[${inode!}]`),
    )
    .map(([, address]) => Number.parseInt(address!.split(':')[1]!, 16));
  expect(ports.filter((port) => port < 32_768)).toEqual([]); // Linux chose them
  return ports.sort((a, b) => a - b).map((port) => `udp ${port}`);
}

const sip = ['tcp 5060', 'udp 5060'];

test('finds SIP, and else only the two silent ports from which Asterisk asks name servers and reports, while no call is up', async () => {
  const silent = await silentPorts();
  expect(silent).toHaveLength(2); // these alone, while no call is up
  expect(scans.quiet).toEqual({ open: sip, silent });
});

test("finds SIP and the call's own RTP while one is up, and does not disturb it", async () => {
  expect(scans.duringCall.open).toEqual(sip);
  const silent = await silentPorts();
  const media = scans.duringCall.silent.filter((port) => !silent.includes(port));
  expect(media).toEqual([expect.stringMatching(/^udp 10\d{3}$/), expect.stringMatching(/^udp 10\d{3}$/)]); // RTP and RTCP, within rtp.conf
  expect(scans.callWentOn).toBe(true);
});

test('finds the ports of the call closed when it is over', () => {
  expect(scans.afterwards).toEqual(scans.quiet);
});
