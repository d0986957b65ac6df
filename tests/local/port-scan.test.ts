/** What a stranger on the carrier's network finds: a hotline that faces it, scanned from a network namespace of its own. */
import { spawn } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { checkout } from '../../src/local/run-state.ts';
import { ensurePrivateRoot } from '../support/private-root.ts';
import { HotlineProcess, newStateDirectory, until } from './hotline-process.ts';

const [ours, theirs] = ['10.99.0.1', '10.99.0.2'];
/** Linux's default; RTP is below it (rtp.conf). */
const firstEphemeralPort = 32_768;
const state = newStateDirectory();
const config = newStateDirectory();
let hotline: HotlineProcess;

beforeAll(async () => {
  await ensurePrivateRoot();
  cpSync(join(checkout, 'asterisk-config'), config, { recursive: true });
  // As the file tells an admin to: "change 127.0.0.1 to the address that faces your carrier".
  const file = join(config, 'pjsip.conf');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/^bind = 127\.0\.0\.1:/gm, `bind = ${ours}:`));
  const script = `chmod -R o+rX ${config} && mount --bind ${config} ${checkout}/asterisk-config \
    && ip link add ours type veth peer name theirs && ip address add ${ours}/24 dev ours && ip link set ours up && exec "$@"`;
  hotline = new HotlineProcess({ state, around: (command) => ['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', script, 'sh', ...command] });
  await hotline.waitFor(/hotline ready/);
}, 180_000);

afterAll(async () => {
  await hotline?.remove(state);
  rmSync(config, { recursive: true, force: true });
}, 30_000);

/** Runs in the stranger's namespace: connects to every TCP port, and asks SIP over UDP. Prints the ports that answer. */
const scan = `
const net = require('node:net'), dgram = require('node:dgram');
const open = [];
let next = 1;
const worker = async () => {
  while (next <= 65535) {
    const port = next++;
    await new Promise((resolve) => {
      const socket = net.connect({ host: '${ours}', port }, () => { open.push('tcp ' + port); socket.destroy(); resolve(); });
      socket.once('error', resolve);
    });
  }
};
const sip = () => new Promise((resolve) => {
  const socket = dgram.createSocket('udp4');
  socket.once('message', () => { open.push('udp 5060'); socket.close(); resolve(); });
  socket.bind(5070, '${theirs}', () => socket.send('OPTIONS sip:${ours} SIP/2.0\\r\\nVia: SIP/2.0/UDP ${theirs}:5070;branch=z9hG4bKscan\\r\\nFrom: <sip:x@${theirs}>;tag=1\\r\\nTo: <sip:${ours}>\\r\\nCall-ID: scan\\r\\nCSeq: 1 OPTIONS\\r\\nContent-Length: 0\\r\\n\\r\\n', 5060, '${ours}'));
});
Promise.all([...Array.from({ length: 200 }, worker), sip()]).then(() => console.log(open.sort().join('\\n')));
`;

/**
 * UDP answers to nothing it does not expect, so what listens is read from the kernel: everything that
 * is not on loopback. Ports of the ephemeral range are those of clients (pjproject's name resolver):
 * they take answers to their own questions only.
 */
function udpListeners(pid: number): string[] {
  return ['udp', 'udp6'].flatMap((protocol) =>
    readFileSync(`/proc/${pid}/net/${protocol}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/)[1] ?? '')
      .filter((address) => address !== '' && !/^0100007F:|^0{24}01000000:/.test(address))
      .map((address) => Number.parseInt(address.split(':')[1]!, 16))
      .filter((port) => port < firstEphemeralPort)
      .map((port) => `udp ${port}`),
  );
}

test('finds SIP, and nothing else, while no call is up', async () => {
  const script = `read go; ip link set lo up; ip address add ${theirs}/24 dev theirs; ip link set theirs up; exec "$0" -e "$1"`;
  const stranger = spawn('unshare', ['--net', 'sh', '-c', script, process.execPath, scan], { stdio: ['pipe', 'pipe', 'inherit'] });
  const own = readFileSync(`/proc/self/net/dev`, 'utf8');
  await until(() => readFileSync(`/proc/${stranger.pid}/net/dev`, 'utf8') !== own && readFileSync(`/proc/${stranger.pid}/cmdline`, 'utf8').startsWith('sh'));
  const moved = spawn('nsenter', ['--target', String(hotline.pid), '--net', 'ip', 'link', 'set', 'theirs', 'netns', String(stranger.pid)], {
    stdio: 'inherit',
  });
  await new Promise((resolve) => moved.once('exit', resolve));
  stranger.stdin.end('go\n');
  const found: string[] = [];
  for await (const line of createInterface({ input: stranger.stdout })) found.push(line);
  expect(found).toEqual(['tcp 5060', 'udp 5060']);
  const [pbx] = await hotline.processes(/^\/usr\/sbin\/asterisk/);
  expect(udpListeners(pbx!)).toEqual(['udp 5060']);
}, 120_000);
