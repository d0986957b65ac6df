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

interface Answers {
  /** Statuses of /phone and /login. */
  readonly phone: number;
  readonly login: number;
  readonly warnings: string[];
}

const developing = {
  ...{ DEVELOPER_PAGES: true, BROWSER_PHONE_PASSWORD: 'of-a-test', ARI_URL: 'http://127.0.0.1:8088' },
  LOGIN_DATABASE_URL: 'mysql://nobody@127.0.0.1:1/none', // asked for nothing before somebody logs in
};

/** What an application installed there answers. */
function ask(folder: string, settings: Partial<typeof developing> = {}, headers: object = {}): Answers {
  const program = `
    const { openDeveloperPages } = await import('${folder}/src/serve-developer-pages.ts');
    const { openHttpServer } = await import('${folder}/src/machine/http-server.ts');
    const config = ${JSON.stringify({ ...developing, ...settings })};
    const warnings = [];
    const pages = await openDeveloperPages(config, { folder: '/none' }, { warn: (line) => warnings.push(line) });
    const server = await openHttpServer({ host: '127.0.0.1', port: 0, logger: console }, ...pages);
    const statusOf = async (path) =>
      (await fetch('http://127.0.0.1:' + server.server.address().port + path, ${JSON.stringify({ headers })})).status;
    console.log(JSON.stringify({ phone: await statusOf('/phone'), login: await statusOf('/login'), warnings }));
    await server.close();`;
  const words = ['--input-type=module', '--eval', program];
  return JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' })) as Answers;
}

const noPages = expect.stringContaining('this installation has no pages for developers');

test('a checkout with development’s packages serves /phone and /login where DEVELOPER_PAGES is on, to this machine alone, and answers 404 where it is not', () => {
  const folder = install({ ...dependencies, ...devDependencies }, true);
  expect(ask(folder)).toEqual({ phone: 200, login: 200, warnings: [] });
  expect(ask(folder, {}, { 'x-forwarded-for': '192.0.2.7' })).toMatchObject({ phone: 404, login: 404 });
  expect(ask(folder, { LOGIN_DATABASE_URL: '' })).toEqual({ phone: 200, login: 404, warnings: [] });
  expect(ask(folder, { BROWSER_PHONE_PASSWORD: '' })).toEqual({ phone: 404, login: 200, warnings: [] });
  expect(ask(folder, { DEVELOPER_PAGES: false })).toEqual({ phone: 404, login: 404, warnings: [] });
});

test('without development’s packages /phone and /login are 404 although DEVELOPER_PAGES is on, and the log says why', () => {
  const folder = install(dependencies, true);
  expect(ask(folder)).toEqual({ phone: 404, login: 404, warnings: [noPages] });
});

test('as the Debian package installs it, without examples/, /phone and /login are 404 although DEVELOPER_PAGES is on', () => {
  const folder = install(dependencies, false);
  expect(ask(folder)).toEqual({ phone: 404, login: 404, warnings: [noPages] });
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
      expect.not.stringMatching(/examples\/|'examples'|DEVELOPER_PAGES|LOGIN_DATABASE_URL|hotline_login/),
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
