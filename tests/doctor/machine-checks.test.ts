import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPorts, checkSecretFiles } from '../../src/doctor/machine-checks.ts';
import { parseListening } from '../../src/machine/sockets.ts';
import { findWrong } from './shipped-pbx.ts';

test('a secret that others may read is reported, in a file and in a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hotline-doctor-'));
  try {
    const file = join(folder, 'env');
    writeFileSync(file, 'ARI_PASSWORD=x', { mode: 0o640 });
    expect(findWrong(checkSecretFiles([folder, file, join(folder, 'absent')]))).toEqual([]);
    chmodSync(file, 0o644);
    expect(checkSecretFiles([folder])).toMatchObject([
      { verdict: 'danger', detail: file, change: `chmod o= ${file}` },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** A line of /proc/net/tcp: listening (0A) or established (01). */
const socket = (address: string, port: number, state = '0A') =>
  `   0: ${address}:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 1 1`;
const sockets = (...lines: string[]) => parseListening('tcp', lines.join('\n'));
const doors = { ARI: 8088, AMI: 5038 };

test('ports on loopback are fine, and so are other ports and established connections', () => {
  const mapped = '0000000000000000FFFF00000100007F';
  const lines = [
    socket('0100007F', 8088),
    socket('00000000000000000000000001000000', 5038),
    socket(mapped, 5038),
    socket('00000000', 22),
  ];
  expect(findWrong(checkPorts(doors, sockets(...lines, socket('020200C0', 8088, '01'))))).toEqual([]);
});

test.each(['00000000', '010200C0', '00000000000000000000000000000000', 'B80D0120000000000000000001000000'])(
  'a port that listens on %s is open to others',
  (address) => {
    expect(checkPorts(doors, sockets(socket(address, 8088)))).toMatchObject([
      { verdict: 'danger', detail: 'ARI (port 8088)' },
    ]);
  },
);
