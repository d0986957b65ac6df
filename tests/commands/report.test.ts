/** `hotline report`, as a process of its own. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireFreeName, writeWholeFile } from '../../src/machine/whole-file.ts';
import { vietnamDay } from '../../src/timing/vietnam-time.ts';
import { endedCall } from '../support/engine/audited-calls.ts';
import { describeWithRegistry } from '../support/engine/describe-with-registry.ts';
import { runHotline } from '../support/engine/run-hotline.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'hotline-report-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('a file is written whole, and one that is there is kept unless it may be replaced', () => {
  const file = join(folder, 'a.html');
  writeWholeFile(file, 'one', { force: false });
  expect(() => writeWholeFile(file, 'two', { force: false })).toThrow(
    `${file} is there already: name another file, or replace it with --force`,
  );
  expect(readFileSync(file, 'utf8')).toBe('one');
  writeWholeFile(file, 'two', { force: true });
  expect(readFileSync(file, 'utf8')).toBe('two');
  expect(readdirSync(folder)).toEqual(['a.html']);
});

test.each(['/dev/null', tmpdir()])('%s is not replaced', (path) => {
  expect(() => requireFreeName(path, { force: true })).toThrow(
    `${path} is no file: expected the name of one`,
  );
});

test('a place that cannot be written is named, with what to do', () => {
  const file = join(folder, 'missing/a.html');
  expect(() => writeWholeFile(file, 'one', { force: false })).toThrow(
    `${file} cannot be written: ENOENT: there is no such folder`,
  );
});

describeWithRegistry('mariadb', 'hotline report', (database) => {
  beforeAll(async () => {
    await database.owner.clear();
    for (let calls = 0; calls < 3; calls++) await endedCall(database.registry);
    expect((await runHotline(database, ['audit', 'seal'])).code).toBe(0);
  });

  const asApplication = { DATABASE_OWNER_URL: '' };
  const report = (...words: string[]) => runHotline(database, ['report', ...words], '', asApplication);

  test('writes the figures of a day to a file, with the rights of the application', async () => {
    const out = join(folder, 'today.html');
    expect(await report('--day', 'today', '--out', out)).toEqual({
      code: 0,
      out: `written: ${out}\n`,
      err: '',
    });
    const text = readFileSync(out, 'utf8');
    expect(text).toContain(`<h1>Số liệu ${vietnamDay(new Date())}</h1>`);
    expect(text).toMatch(/<dt>Cuộc gọi<\/dt><dd>3<\/dd>/);
  });

  test('keeps a file that is there unless told to replace it', async () => {
    const out = join(folder, 'kept.html');
    writeFileSync(out, 'mine');
    expect(await report('--day', 'today', '--out', out)).toEqual({
      code: 1,
      out: '',
      err: `hotline: ${out} is there already: name another file, or replace it with --force\n`,
    });
    expect(readFileSync(out, 'utf8')).toBe('mine');
    expect((await report('--day', 'today', '--out', out, '--force')).code).toBe(0);
    expect(readFileSync(out, 'utf8')).toContain('</html>');
  });

  test('writes to standard output nothing but the document, in English if asked', async () => {
    const { code, out, err } = await report('--from', 'yesterday', '--out', '-', '--language', 'en');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^<!doctype html>\n<html lang="en">[^]*<\/html>\n$/);
    expect(out).toContain(`– ${vietnamDay(new Date())}</h1>`);
  });

  test('says that the database cannot be reached, and how to start it, and writes no file', async () => {
    const out = join(folder, 'none.html');
    const nowhere = { ...asApplication, DATABASE_URL: 'mysql://x:secret-pw@127.0.0.1:1/x' };
    const ran = await runHotline(database, ['report', '--day', 'today', '--out', out], '', nowhere);
    expect(ran).toEqual({
      ...{ code: 1, out: '' },
      err: 'hotline: the registry failed: nothing listens there (ECONNREFUSED)\nIf the hotline of this checkout is stopped, start it with make run, then try again.\n',
    });
    expect(ran.err).not.toContain('secret-pw');
    expect(existsSync(out)).toBe(false);
  });
});
