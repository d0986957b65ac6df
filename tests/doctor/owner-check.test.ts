import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkOwner, readOwnerFacts, type OwnerFacts, type OwnerFile } from '../../src/doctor/owner-check.ts';
import type { Process } from '../../src/doctor/process-checks.ts';

const ownerFile: OwnerFile = {
  path: '/etc/hotline/owner.env',
  mode: 0o100600,
  uid: 0,
  gid: 0,
  isGiven: false,
};
const good: OwnerFacts = {
  files: [ownerFile],
  application: { uid: 102, groups: [102] },
  isInEnvironment: false,
};
const verdictOf = (facts: Partial<OwnerFacts>) => checkOwner({ ...good, ...facts })[0]?.verdict;

test("the owner's login in a file of root alone is fine, with the application running or not, and so is none", () => {
  expect(checkOwner(good)).toMatchObject([{ verdict: 'ok', detail: 'closed to the application' }]);
  expect(verdictOf({ application: null })).toBe('ok');
  expect(verdictOf({ files: [] })).toBe('ok');
});

test.each<[string, Partial<OwnerFacts>]>([
  ['the file belongs to the user of the application', { files: [{ ...ownerFile, uid: 102 }] }],
  ['the file may be read by its group', { files: [{ ...ownerFile, gid: 102, mode: 0o100640 }] }],
  ['the file may be read by everybody', { files: [{ ...ownerFile, mode: 0o100604 }] }],
  ['the application is root', { application: { uid: 0, groups: [0] } }],
  ['systemd gives the file to the application', { files: [{ ...ownerFile, isGiven: true }] }],
  ['it is in the environment of the application', { isInEnvironment: true }],
  [
    'the file belongs to a user, and no application runs',
    { application: null, files: [{ ...ownerFile, uid: 7 }] },
  ],
])("the owner's login is a danger where %s", (_why, facts) => {
  expect(checkOwner({ ...good, ...facts })).toMatchObject([
    { verdict: 'danger', change: expect.stringContaining('mode 0600') },
  ]);
});

test("in a checkout, whose application is the developer's own process, it is a warning", () => {
  expect(verdictOf({ files: [{ ...ownerFile, path: '/home/dev/hotline/.hotline/env', uid: 102 }] })).toBe(
    'warning',
  );
});

test('files and the environment are read as they are, and no value is kept', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hotline-owner-'));
  const [own, owner] = [join(folder, 'hotline.env'), join(folder, 'owner.env')];
  const running: Process[] = [
    {
      pid: String(process.pid),
      command: ['node', 'src/cli.ts', 'serve'],
      uid: 102,
      groups: [102],
      dumpsCore: false,
    },
  ];
  try {
    writeFileSync(own, 'DATABASE_OWNER_URL=\n', { mode: 0o600 });
    writeFileSync(owner, 'DATABASE_OWNER_URL=mysql://owner:secret-word@127.0.0.1/hotline\n', { mode: 0o640 });
    const facts = readOwnerFacts([own, owner, join(folder, 'absent')], running);
    expect(facts).toMatchObject({
      files: [{ path: owner, isGiven: false }],
      application: { uid: 102 },
      isInEnvironment: false,
    });
    expect(JSON.stringify(facts)).not.toContain('secret-word');
    writeFileSync(own, 'DATABASE_OWNER_URL=mysql://owner:secret-word@127.0.0.1/hotline\n');
    expect(readOwnerFacts([own, owner], running).files).toMatchObject([
      { isGiven: true },
      { isGiven: false },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
