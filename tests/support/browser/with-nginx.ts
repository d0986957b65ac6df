/** nginx, as docs/console.md puts it in front of the console. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith, pathOf } from '../engine/unpacked-programs.ts';

export const describeWithNginx = describeWith('nginx');

/** Runs it with one `server` block. @returns stops it, and removes what it kept */
export function startNginx(server: string): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hotline-nginx-'));
  mkdirSync(join(folder, 'temp'));
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${join(folder, 'temp', kind)};`,
  );
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; user root; pid ${folder}/pid; error_log stderr; events {}\nhttp { access_log off; ${temp.join(' ')}\n${server}\n}\n`,
  );
  const nginx = spawn(pathOf('nginx'), ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'], {
    stdio: 'inherit',
  });
  return async () => {
    const ended = once(nginx, 'exit');
    nginx.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true });
  };
}
