/** What files of tests need of the machine before they run, by what they import. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { UnpackedProgram } from './engine/unpacked-programs.ts';

/**
 * `pbx`: the private Debian root. `engine`: a Docker engine. `promtool`, `prometheus`, `nginx`: these programs.
 * The others are programs, below.
 */
export type Need =
  'pbx' | 'engine' | UnpackedProgram | 'network' | 'sound' | 'voice' | 'softphones' | 'browser';

/** The programs of a need, by the Debian package that has them. */
export const packagesOf: Readonly<Record<Need, Readonly<Record<string, string>>>> = {
  pbx: {}, // whatever builds the root installs what it needs
  engine: {},
  promtool: {}, // their packages have services, so they are only unpacked
  prometheus: {},
  nginx: {},
  network: { iproute2: 'ip' },
  sound: { sox: 'sox' },
  voice: { 'espeak-ng': 'espeak-ng' },
  softphones: {
    'linphone-cli': 'linphonec',
    'baresip-core': 'baresip',
    'twinkle-console': 'twinkle-console',
  },
  browser: { chromium: 'chromium' },
};

const checkout = join(import.meta.dirname, '../..');

/** Files outside tests/e2e that start hotlines of their own, or need root for their mounts. */
export const startHotlines: readonly string[] = [
  'bench/bench',
  'chaos/campaign',
  'deb/',
  'flood/flood',
  'fuzz/fuzz',
  'local/run',
  'local/tutorial',
  'machine/systemd-machine',
];

/** What a file needs that imports one of these, itself or through others. */
const imports: Readonly<Record<string, readonly Need[]>> = {
  'tests/support/engine/docker-engine.ts': ['engine'],
  'tests/support/engine/docker-engine-users.ts': ['engine'],
  'tests/support/engine/with-promtool.ts': ['promtool'],
  'tests/support/machine/machine-prometheus.ts': ['prometheus', 'promtool'],
  'tests/support/browser/with-nginx.ts': ['nginx'],
  'tests/support/machine/private-root.ts': ['pbx'],
  'tests/support/machine/private-network.ts': ['network'],
  'tests/local/hotline-process.ts': ['pbx'],
  'tests/docs/follow-tutorial.ts': ['sound', 'voice'], // `make sounds`, as a process of its own
  'tests/support/softphones/with-softphone.ts': ['softphones'],
  'tests/support/browser/browser.ts': ['browser'],
  'src/recordings/sox.ts': ['sound'],
  'tests/support/wideband/samples.ts': ['sound'],
  'src/recordings/voice.ts': ['voice'],
};

/** @param file of tests, relative to the checkout */
export function needsOf(file: string): ReadonlySet<Need> {
  const calls = file.startsWith('tests/e2e/') || startHotlines.some((path) => file.includes(path));
  const needs = new Set<Need>(calls ? ['pbx', 'network'] : []);
  for (const path of reachedFrom(file)) for (const need of imports[path] ?? []) needs.add(need);
  return needs;
}

/** The file and all that it imports, relative to the checkout. What is imported later, by import(), does not count. */
function reachedFrom(file: string, reached = new Set<string>()): Set<string> {
  if (reached.has(file)) return reached;
  reached.add(file);
  for (const path of importsOf(file)) reachedFrom(path, reached);
  return reached;
}

const known = new Map<string, string[]>();

function importsOf(file: string): string[] {
  const before = known.get(file);
  if (before !== undefined) return before;
  const text = readFileSync(join(checkout, file), 'utf8');
  const paths = [...text.matchAll(/^(?:import|export)(?! type\b)[^;]*? from '(\.[^']+)';$/gm)]
    .map(([, path]) => join(checkout, dirname(file), path!))
    .filter((path) => existsSync(path))
    .map((path) => relative(checkout, path));
  known.set(file, paths);
  return paths;
}
