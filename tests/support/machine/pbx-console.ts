/** The console of the Asterisk under test, as an admin uses it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { processOf } from './hotline-under-test.ts';

const execute = promisify(execFile);

/** Runs one console command, for example `logger show channels`, and returns its output. */
export async function pbxConsole(command: string): Promise<string> {
  const enter = ['--target', String(processOf('pbx')), '--mount', '--pid', '--root', '--wd=/'];
  return (await execute('nsenter', [...enter, '/usr/sbin/asterisk', '-rx', command])).stdout;
}

/** All that the console shows of current calls: channels with their variables, bridges, and data kept beyond a call. */
export async function shownOfCalls(): Promise<string> {
  const names = (await pbxConsole('core show channels concise'))
    .split('\n')
    .filter((line) => line.includes('!'))
    .map((line) => line.split('!')[0]!);
  const commands = [
    'core show channels verbose',
    'pjsip show channels',
    'bridge show all',
    'dialplan show globals',
    'database show',
    'stasis show app hotline',
  ];
  const shown: string[] = [];
  for (const command of [...names.map((name) => `core show channel ${name}`), ...commands])
    shown.push(await pbxConsole(command));
  return shown.join('\n');
}
