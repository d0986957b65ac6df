import { checkCorePattern, checkProcesses, type Process } from '../../src/doctor/process-checks.ts';
import { findWrong } from './shipped-pbx.ts';

const running: Process[] = [
  { command: ['/usr/sbin/asterisk', '-f'], uid: 100, dumpsCore: false },
  { command: ['/usr/sbin/mariadbd'], uid: 101, dumpsCore: false },
  { command: ['node', '/opt/hotline/src/cli.ts', 'serve'], uid: 102, dumpsCore: false },
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

test('a kernel that passes crashes to a program is a warning, unless the program respects the limit', () => {
  expect(findWrong(checkCorePattern('core\n'))).toEqual([]);
  expect(findWrong(checkCorePattern('|/usr/lib/systemd/systemd-coredump %P\n'))).toEqual([]);
  expect(findWrong(checkCorePattern('|/usr/local/bin/collect %p\n'))).toEqual(['where core dumps go']);
});
