import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isOpenTo } from '../../src/machine/file-mode.ts';

test('a file is open to those to whom its mode grants anything', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hotline-mode-'));
  try {
    const file = join(folder, 'secret');
    expect(isOpenTo(0o777, file)).toBe(false);
    writeFileSync(file, '');
    const masks = [0o007, 0o027, 0o077];
    const openAt = (mode: number) => (chmodSync(file, mode), masks.map((mask) => isOpenTo(mask, file)));
    expect(openAt(0o600)).toEqual([false, false, false]);
    expect(openAt(0o640)).toEqual([false, false, true]);
    expect(openAt(0o620)).toEqual([false, true, true]);
    expect(openAt(0o601)).toEqual([true, true, true]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
