/** The machine-readable copyright file of the package: ours, and what each npm package says of itself. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string | { readonly type?: string };
  readonly author?: string | { readonly name?: string };
}

/** @param packages the `node_modules` folder @param year of the package */
export function copyrightOf(packages: string, year: number): string {
  const stanzas = manifestsBelow(packages)
    .map((manifest) => ({
      name: `${manifest.name} ${manifest.version}`,
      license:
        typeof manifest.license === 'string' ? manifest.license : (manifest.license?.type ?? 'unknown'),
      author:
        typeof manifest.author === 'string' ? manifest.author : (manifest.author?.name ?? 'its authors'),
    }))
    .sort((one, other) => one.name.localeCompare(other.name, 'en'))
    .map(({ name, license, author }) => `${name}: ${license}, ${author.replace(/\s*<.*|\s*\(.*/, '')}`);
  return `Copyright (C) ${year} the owner of the hotline. It is not licensed to the public.

It contains these npm packages, each under the licence that it names. The text of a licence is in the
package's folder below /usr/lib/hotline/node_modules; of Apache-2.0 also in
/usr/share/common-licenses/Apache-2.0.

${[...new Set(stanzas)].join('\n')}
`;
}

function manifestsBelow(folder: string): Manifest[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [];
    const path = join(folder, entry.name);
    if (entry.name.startsWith('@')) return manifestsBelow(path);
    return [...manifestOf(path), ...(hasOwn(path) ? manifestsBelow(join(path, 'node_modules')) : [])];
  });
}

function manifestOf(path: string): Manifest[] {
  try {
    const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest;
    return manifest.name === undefined ? [] : [manifest];
  } catch {
    return [];
  }
}

function hasOwn(path: string): boolean {
  return readdirSync(path).includes('node_modules');
}
