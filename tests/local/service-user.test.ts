import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceUser } from '../../src/local/service-user.ts';

test('a service that may enter the run state but not read its secrets starts with what its environment gives it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'run-state-'));
  try {
    chmodSync(folder, 0o711);
    const file = join(folder, 'env');
    writeFileSync(file, 'HASH_KEY=of-the-owner\n', { mode: 0o600 });
    if (process.getuid?.() !== 0) chmodSync(file, 0o000);
    const { uid, gid, isRoot } = serviceUser();
    const program = `import(${JSON.stringify(join(import.meta.dirname, '../../src/config.ts'))}).then(({ readRunState }) => console.log(readRunState(${JSON.stringify(file)}).HASH_KEY ?? 'none'))`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], {
      cwd: '/',
      uid,
      gid,
      env: {},
      encoding: 'utf8',
    });
    // In a checkout that nobody but root can read the services are root, and may read everything.
    expect({ stdout, stderr }).toEqual({ stdout: isRoot ? 'of-the-owner\n' : 'none\n', stderr: '' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
