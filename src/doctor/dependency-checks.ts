/** Are Node and the pinned packages the versions without known holes (docs/security-advisories.md)? */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isAtLeast } from '../machine/version.ts';
import { expectThat, type Finding } from './finding.ts';

interface Package {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  /** The version of every copy of a package, or of the copies below another package. */
  readonly overrides?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

interface Pin {
  /** The package that depends on it; empty: any. */
  readonly parent: string;
  readonly name: string;
  /** `11.1.1`, or `npm:@cypress/request@4.0.1`. */
  readonly wanted: string;
}

/**
 * @param checkout where package.json and node_modules lie
 * @param node version of the running Node, without `v`
 */
export function checkDependencies(checkout: string, node: string = process.versions.node): Finding[] {
  const { dependencies = {}, overrides = {} } = readPackage(checkout);
  const pins = Object.entries(overrides).flatMap<Pin>(([name, value]) =>
    typeof value === 'string'
      ? [{ parent: '', name, wanted: value }]
      : Object.entries(value).map(([below, wanted]) => ({ parent: name, name: below, wanted })),
  );
  const found = pins
    .map((pin) => ({ ...pin, installed: installed(checkout, pin) }))
    .filter((pin) => pin.installed !== undefined);
  const wrong = found.filter(
    ({ wanted, installed }) =>
      !(wanted.startsWith('npm:') ? `npm:${installed}` : `${installed}`).endsWith(wanted),
  );
  const list = (some: typeof found) => some.map(({ name, installed }) => `${name}: ${installed}`).join(', ');
  const minNode = dependencies['node'] ?? '0';
  return [
    expectThat(
      'Node version',
      isAtLeast(node, minNode),
      node,
      `use the Node that is installed with it (${minNode}): npm ci, and node_modules/.bin first in PATH`,
    ),
    expectThat('pinned packages', wrong.length === 0, list(wrong.length === 0 ? found : wrong), 'npm ci'),
  ];
}

/**
 * `name@version` of the copy that the parent loads; undefined if it is not installed (packages for
 * development only).
 */
function installed(checkout: string, { parent, name }: Pin): string | undefined {
  const root = join(checkout, 'node_modules');
  if (parent !== '' && !existsSync(join(root, parent))) return undefined;
  const place = [join(root, parent, 'node_modules', name), join(root, name)].find((folder) =>
    existsSync(join(folder, 'package.json')),
  );
  if (place === undefined) return undefined;
  const { name: real, version } = readPackage(place);
  return `${real}@${version}`;
}

function readPackage(folder: string): Package {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package;
}

/** The checkout this file belongs to. */
export const ownCheckout = dirname(dirname(import.meta.dirname));
