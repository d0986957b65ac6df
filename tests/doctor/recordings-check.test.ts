import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkRecordings } from '../../src/doctor/recordings-check.ts';
import { keepVersion, prepareStore, putLive } from '../../src/recordings/own/own-recordings.ts';
import { shippedSounds } from '../../src/recordings/sounds-directory.ts';

let folder: string;
let ours: string;
let pbx: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotline-sounds-'));
  [ours, pbx] = [join(folder, 'ours'), join(folder, 'pbx')];
  for (const copy of [ours, pbx]) cpSync(shippedSounds, copy, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const places = () => ({ directory: join(folder, 'store'), program: ours });
const check = () => checkRecordings(places(), [pbx, join(folder, 'elsewhere')]);

test('recordings as they are shipped, on the PBX too, are right', async () => {
  expect((await check()).map(({ title, verdict }) => [title, verdict])).toEqual([
    ['words of the recordings', 'ok'],
    ['recordings on the PBX', 'ok'],
  ]);
});

test('a text that was edited without making its recording is named with both texts', async () => {
  const script = readFileSync(join(ours, 'prompts.yaml'), 'utf8');
  writeFileSync(join(ours, 'prompts.yaml'), script.replace('text: Xin vui lòng chờ.', 'text: Xin chờ.'));
  expect((await check())[0]).toMatchObject({
    verdict: 'warning',
    detail:
      'prompt "please-wait": its text is «Xin chờ.», but its recording says «Xin vui lòng chờ.»: run hotline sounds',
  });
});

test('a recording that was made and not copied to the PBX is named', async () => {
  rmSync(join(pbx, 'hotline/menu.sln16'));
  writeFileSync(join(pbx, 'digits/7.alaw'), 'another');
  expect((await check())[1]).toMatchObject({
    verdict: 'warning',
    detail: `${pbx} has another hotline/menu (and 1 more) than ${ours}`,
    change: `let ${pbx} lead to ${ours} (docs/admin.md, "Replace recordings")`,
  });
});

test('recordings made since the application started are named until it puts them live', async () => {
  await prepareStore(places());
  rmSync(pbx, { recursive: true });
  symlinkSync(join(folder, 'store/live'), pbx);
  expect((await check()).map(({ verdict }) => verdict)).toEqual(['ok', 'ok']);
  for (const ending of ['alaw', 'sln16']) writeFileSync(join(ours, `hotline/menu.${ending}`), 'another');
  expect(await check()).toContainEqual({
    title: 'recordings that were made anew',
    verdict: 'warning',
    detail: 'hotline/menu',
    change: expect.stringContaining('systemctl restart hotline') as string,
  });
  await prepareStore(places());
  expect((await check()).map(({ title }) => title)).not.toContain('recordings that were made anew');
});

describe('with a recording that an admin has put live', () => {
  beforeEach(async () => {
    const recording = { alaw: Buffer.alloc(80, 1), sln16: Buffer.alloc(320, 1) };
    await keepVersion(places(), 'hotline/menu', recording, { says: 'words', by: 'lan' });
    await putLive(places(), 'hotline/menu', 1, 'lan');
  });

  test('a PBX that plays from the store is right', async () => {
    rmSync(pbx, { recursive: true });
    symlinkSync(join(folder, 'store/live'), pbx);
    expect((await check()).map(({ title, verdict, detail }) => [title, verdict, detail])).toEqual([
      ['words of the recordings', 'ok', expect.anything()],
      ['recordings of admins', 'ok', '1 live: hotline/menu'],
      ['recordings on the PBX', 'ok', pbx],
    ]);
  });

  test('a PBX that plays a copy of its own is named', async () => {
    expect((await check())[2]).toMatchObject({
      verdict: 'warning',
      detail: `${pbx} has another hotline/menu than ${join(folder, 'store/live')}`,
    });
  });

  test('one whose words have changed since is named, and so is one that is damaged', async () => {
    writeFileSync(join(folder, 'store/versions/hotline/menu/1.alaw'), 'other');
    expect((await check())[1]).toMatchObject({ detail: 'hotline/menu: version 1 is damaged or gone' });
    const script = readFileSync(join(ours, 'prompts.yaml'), 'utf8');
    writeFileSync(
      join(ours, 'prompts.yaml'),
      script.replace('Kính chào quý khách. Để cấp', 'Xin chào. Để cấp'),
    );
    expect((await check())[1]).toMatchObject({
      verdict: 'warning',
      detail: expect.stringMatching(
        /^hotline\/menu was put live for «Kính chào .*» *, which is not its text any more/,
      ),
    });
  });
});
