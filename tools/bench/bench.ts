/**
 * `make bench`: the hotline, the dialplan alone, a plain ari-client and FastAGI, side by side on one Asterisk and one
 * database of their own, in a private network. docs/performance.md says what is measured and how to read it.
 *
 *     node tools/bench/bench.ts [--rate 5] [--seconds 60] [--rounds 3] [--seed 1] [--out docs/bench]
 *                              [--short compare] [--profile | --memory | --ceiling]
 *
 * Exits with 1 if one call is wrong, a short run also if a ratio has grown by much (short.ts).
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPackages } from '../../tests/support/engine/debian-packages.ts';
import { endWithUs } from '../../tests/support/machine/end-with-us.ts';
import { inPrivateMounts } from '../../tests/support/machine/private-mounts.ts';
import { inPrivateNetwork } from '../../tests/support/machine/private-network.ts';
import { ensurePrivateRoot } from '../../tests/support/machine/private-root.ts';
import { asRoot } from '../../tests/support/machine/run-as-root.ts';
import { lastRtpPort } from './capture.ts';
import { describeCommit } from './machine.ts';
import { readOptions } from './options.ts';

/** Where Asterisk as it ships ends: calls at once, and ports for their sound. */
const limits = [
  ['asterisk.conf', 'maxcalls = 400', 'maxcalls = 2000'],
  ['rtp.conf', 'rtpend = 10999', `rtpend = ${lastRtpPort}`],
] as const;
const checkout = join(import.meta.dirname, '../..');

/** asterisk-config/ with what the twins need behind it. @param isOpen it takes as many calls as the machine carries */
function layConfig(config: string, isOpen: boolean): void {
  cpSync(join(checkout, 'asterisk-config'), config, { recursive: true });
  const twins = join(import.meta.dirname, 'twins');
  appendFileSync(join(config, 'extensions-site.conf'), readFileSync(join(twins, 'dialplan.conf')));
  appendFileSync(join(config, 'modules.conf'), readFileSync(join(twins, 'modules.conf')));
  if (!isOpen) return;
  for (const [file, from, to] of limits) {
    const text = readFileSync(join(config, file), 'utf8');
    if (!text.includes(from)) throw new Error(`${file}: expected ${from}`);
    writeFileSync(join(config, file), text.replace(from, to));
  }
}

const { program } = readOptions(); // a wrong one is refused before anything is installed
if (spawnSync('tcpdump', ['--version']).status !== 0)
  installPackages(['tcpdump'], (line) => void process.stderr.write(`${line}\n`));
await ensurePrivateRoot();
const folder = mkdtempSync(join(tmpdir(), 'hotline-bench-'));
const [config, state] = [join(folder, 'asterisk-config'), join(folder, 'state')];
layConfig(config, program === 'ceiling');
mkdirSync(state);
const run = [
  ...[process.execPath, join(import.meta.dirname, `${program}.ts`)],
  ...['--commit', describeCommit(), ...process.argv.slice(2)],
];
const inside = inPrivateMounts(`mount --bind '${config}' '${join(checkout, 'asterisk-config')}'`, run);
const [file = '', ...words] = asRoot(endWithUs(inPrivateNetwork(inside)));
const child = spawn(file, words, {
  stdio: ['ignore', 'inherit', 'inherit'],
  env: { ...process.env, HOTLINE_TEST_STATE: state },
});
// What it has started ends with it (endWithUs); the folder goes then.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void child.kill('SIGTERM'));
const [code] = (await once(child, 'exit')) as [number | null];
rmSync(folder, { recursive: true, force: true });
process.exitCode = code ?? 1;
