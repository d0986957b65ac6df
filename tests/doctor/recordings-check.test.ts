import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkRecordings } from '../../src/doctor/recordings-check.ts';
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

const check = () => checkRecordings(ours, [pbx, join(folder, 'elsewhere')]);

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
    change: `give the PBX those of ${ours} (docs/admin.md, "Replace recordings"), then restart the application`,
  });
});
