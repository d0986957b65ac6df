/** A production installation has no pages for developers, whatever it sets. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const checkout = join(import.meta.dirname, '../..');
const { dependencies, devDependencies } = JSON.parse(
  readFileSync(join(checkout, 'package.json'), 'utf8'),
) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** Installs the program with these npm packages, and examples/ if asked for. */
function install(packages: object, hasExamples: boolean): string {
  const folder = mkdtempSync(join(tmpdir(), 'hotline-installed-'));
  folders.push(folder);
  for (const part of ['src', 'package.json', ...(hasExamples ? ['examples'] : [])])
    cpSync(join(checkout, part), join(folder, part), { recursive: true });
  for (const name of Object.keys(packages)) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(checkout, 'node_modules', name), link);
  }
  return folder;
}

/** What an application installed there answers to /phone, and what it logs. */
function askForPhone(folder: string, isOn: boolean): { status: number; warnings: string[] } {
  const program = `
    const { openDeveloperPages } = await import('${folder}/src/serve-developer-pages.ts');
    const { openHttpServer } = await import('${folder}/src/machine/http-server.ts');
    const config = { DEVELOPER_PAGES: ${isOn}, BROWSER_PHONE_PASSWORD: 'of-a-test', ARI_URL: 'http://127.0.0.1:8088' };
    const warnings = [];
    const pages = await openDeveloperPages(config, { folder: '/none' }, { warn: (line) => warnings.push(line) });
    const server = await openHttpServer({ host: '127.0.0.1', port: 0, logger: console }, ...pages);
    const { status } = await fetch('http://127.0.0.1:' + server.server.address().port + '/phone');
    console.log(JSON.stringify({ status, warnings }));
    await server.close();`;
  const words = ['--input-type=module', '--eval', program];
  return JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' })) as ReturnType<
    typeof askForPhone
  >;
}

const noPages = expect.stringContaining('this installation has no pages for developers');

test('a checkout with development’s packages serves /phone where DEVELOPER_PAGES is on, and answers 404 where it is not', () => {
  const folder = install({ ...dependencies, ...devDependencies }, true);
  expect(askForPhone(folder, true)).toEqual({ status: 200, warnings: [] });
  expect(askForPhone(folder, false)).toEqual({ status: 404, warnings: [] });
});

test('without development’s packages /phone is 404 although DEVELOPER_PAGES is on, and the log says why', () => {
  const folder = install(dependencies, true);
  expect(askForPhone(folder, true)).toEqual({ status: 404, warnings: [noPages] });
});

test('as the Debian package installs it, without examples/, /phone is 404 although DEVELOPER_PAGES is on', () => {
  const folder = install(dependencies, false);
  expect(askForPhone(folder, true)).toEqual({ status: 404, warnings: [noPages] });
});

test('what is for developers is neither a dependency of production nor part of its images', () => {
  expect(Object.keys(dependencies)).not.toEqual(expect.arrayContaining(['jssip']));
  expect(Object.keys(devDependencies)).toEqual(expect.arrayContaining(['esbuild', 'jssip']));
  for (const file of [
    'Dockerfile',
    '.dockerignore',
    'compose.yaml',
    'docker/make-secrets.ts',
    'tools/deb/build.ts',
  ])
    expect([file, readFileSync(join(checkout, file), 'utf8')]).toEqual([
      file,
      expect.not.stringMatching(/examples\/|'examples'|DEVELOPER_PAGES/),
    ]);
});

test('asterisk-config/ has nothing for it but the names of files that only make run makes', () => {
  const include = /^#tryinclude \/etc\/hotline\/developer-(?:phones|rtp|modules)\.conf$/gm;
  const texts = ['pjsip.conf', 'rtp.conf', 'modules.conf', 'pjsip-demo-softphones.conf'].map((file) =>
    readFileSync(join(checkout, 'asterisk-config', file), 'utf8'),
  );
  expect(texts.map((text) => text.match(include)?.length ?? 0)).toEqual([1, 1, 1, 0]);
  expect(texts.join('\n').replace(/^;.*/gm, '')).not.toMatch(/webrtc|transport_websocket|res_srtp|browser/);
});
