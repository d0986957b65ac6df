import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beginLogs } from '../../src/local/logs.ts';
import { runState } from '../../src/local/run-state.ts';
import { newStateDirectory } from './state-directory.ts';

describe('the logs of hotline run', () => {
  let folder: string;
  let log: string;

  beforeEach(() => {
    folder = newStateDirectory();
    log = join(runState(folder).logs, 'application.log');
    beginLogs(runState(folder));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A start that writes this. */
  const run = (text: string) => {
    writeFileSync(log, text);
    beginLogs(runState(folder));
  };

  test('begin anew with each start, and those of the start before are kept', () => {
    run('of the first');
    run('of the second');
    expect(readFileSync(log, 'utf8')).toBe('');
    expect(readFileSync(`${log}.1`, 'utf8')).toBe('of the second');
    expect(readdirSync(runState(folder).logs).filter((name) => name.startsWith('application'))).toEqual([
      'application.log',
      'application.log.1',
    ]);
  });

  test('stay when a start wrote nothing', () => {
    run('of the first');
    run('');
    expect(readFileSync(`${log}.1`, 'utf8')).toBe('of the first');
  });

  test('are kept with their last 10 MB and their mode', () => {
    run(`${'x'.repeat(11_000_000)}the end`);
    expect(statSync(`${log}.1`).size).toBe(10_000_000);
    expect(readFileSync(`${log}.1`, 'utf8').endsWith('xthe end')).toBe(true);
    expect(statSync(`${log}.1`).mode & 0o777).toBe(0o640);
    expect(existsSync(`${log}.1.1`)).toBe(false);
  });
});
