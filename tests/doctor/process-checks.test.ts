import { checkCoreDumps, checkProcesses, processes, type Process } from '../../src/doctor/process-checks.ts';
import { findWrong } from './shipped-pbx.ts';

const running: Process[] = [
  { pid: '7', command: ['/usr/sbin/asterisk', '-f'], uid: 100, groups: [100], dumpsCore: false },
  { pid: '8', command: ['/usr/sbin/mariadbd'], uid: 101, groups: [101], dumpsCore: false },
  {
    pid: '9',
    command: ['node', '/opt/hotline/src/cli.ts', 'serve'],
    uid: 102,
    groups: [102],
    dumpsCore: false,
  },
];

test('services that run as users of their own, without core dumps, are fine', () => {
  expect(findWrong(checkProcesses(running))).toEqual([]);
});

test('a service that runs as root is a danger; one that leaves core dumps or cannot be seen is a warning', () => {
  const [asterisk, database] = running as [Process, Process, Process];
  const findings = checkProcesses([
    { ...asterisk, uid: 0 },
    { ...database, dumpsCore: true },
  ]);
  expect(
    findings.filter(({ verdict }) => verdict !== 'ok').map(({ title, verdict }) => [title, verdict]),
  ).toEqual([
    ['user of Asterisk', 'danger'],
    ['core dumps of the database', 'warning'],
    ['user of the application', 'warning'],
  ]);
});

test('an Asterisk started with -g raises its limit itself: taking that out is what helps', () => {
  const dumping = (...words: string[]) =>
    checkProcesses([{ ...running[0]!, command: ['/usr/sbin/asterisk', ...words], dumpsCore: true }]).find(
      ({ title }) => title === 'core dumps of Asterisk',
    );
  expect(dumping('-g', '-f', '-U', 'asterisk')?.change).toMatch(/without -g/);
  expect(dumping('-f', '-U', 'asterisk-group')?.change).toMatch(/LimitCORE=0/);
});

test('a kernel that passes crashes to a program is a warning, unless the program respects the limit', () => {
  expect(findWrong(checkCoreDumps('core\n', '0\n'))).toEqual([]);
  expect(findWrong(checkCoreDumps('|/usr/lib/systemd/systemd-coredump %P\n', '2\n'))).toEqual([]);
  expect(findWrong(checkCoreDumps('|/usr/local/bin/collect %p\n', '0\n'))).toEqual(['where core dumps go']);
});

test('a kernel that lets programs that were root leave cores for their new user is a warning', () => {
  expect(findWrong(checkCoreDumps('core\n', '1\n'))).toEqual(['core dumps of programs that were root']);
});

test('processes are seen as they run, those of other users too', () => {
  const own = processes().find(({ pid }) => pid === String(process.pid));
  expect(own).toMatchObject({
    uid: process.geteuid?.(),
    groups: expect.arrayContaining([process.getegid?.()]),
  });
});
