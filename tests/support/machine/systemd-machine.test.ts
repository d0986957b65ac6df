import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemdMachine } from './systemd-machine.ts';

const folder = mkdtempSync(join(tmpdir(), 'hotline-machines-'));
afterAll(() => rmSync(folder, { recursive: true }));

const mounts = () => readFileSync('/proc/self/mountinfo', 'utf8');

test('a machine has nothing of one before it whose process was killed', async () => {
  const layer = join(folder, 'layer');
  mkdirSync(join(layer, 'etc/dpkg/dpkg.cfg.d'), { recursive: true });
  const make = () => new SystemdMachine([layer], join(folder, 'machine'));
  writeFileSync(join(make().root, 'etc/half-installed'), '');
  const next = make();
  const isThere = existsSync(join(next.root, 'etc/half-installed'));
  await next.remove();
  expect(isThere).toBe(false);
  expect(mounts()).not.toContain(folder);
  expect(readdirSync(folder)).toEqual(['layer']);
});
