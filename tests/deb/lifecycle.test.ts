/** "Backing up, updating, going back, removing" in docs/operating.md, done to the letter on one machine. */
import { commandsOf, snippet, snippets } from '../support/book.ts';
import { migratingVersion } from '../support/machine/built-package.ts';
import { heardTwice, HotlineMachine, trunkOfTheBook } from '../support/machine/hotline-machine.ts';
import { until } from '../support/until.ts';

const [backUp = '', readBack = ''] = snippets('operating.md', '**Back up**', 'sh');
const [update, goBack, remove] = ['**Update.**', '**Go back**', '**Remove.**'].map((begin) =>
  commandsOf(snippet('operating.md', begin, 'sh')),
) as [string[], string[], string[]];

let pbx: HotlineMachine;
let configurationBefore: string;

beforeAll(async () => {
  pbx = await HotlineMachine.boot();
  configurationBefore = pbx.configuration();
  await pbx.setUp();
  // The book's names of packages; another architecture than the book's has its own.
  pbx.run(
    `cp hotline.deb hotline_$(dpkg-deb -f hotline.deb Version)_amd64.deb; cp migrating.deb hotline_${migratingVersion}_amd64.deb`,
  );
}, 600_000); // a machine is built and a package fetched: minutes, where others build images meanwhile
afterAll(() => pbx?.remove());

const follow = (block: string) => pbx.run(`set -e\n${block}`).stdout;
const rows = () => pbx.run('mariadb -N -e "SELECT COUNT(*) FROM hotline.audit_log"').stdout;
const says = (sentence: RegExp) => sentence.test(pbx.machine.run('systemctl status hotline').stdout);

/** What these commands ask on a terminal. */
const questions: [command: RegExp, question: RegExp, answer: string][] = [
  [/^hotline setup --undo/, /\[y\/N\] /, 'y\n'],
  [/^apt-get (remove|purge|install --allow-downgrades) /, /Do you want to continue\? \[Y\/n\] /, 'y\n'],
  [/^apt-get purge /, /\[yes\/no\]/, 'yes\n'],
];

/** @throws Error with what the terminal shows, unless the command ends with 0 */
async function type(command: string): Promise<string> {
  const answers = questions.filter(([asks]) => asks.test(command)).map(([, ...each]) => each);
  const { status, shown } = await pbx.onTerminal(command, answers);
  if (status !== 0) throw new Error(`${command} ended with ${status}:\n${shown}`);
  return shown;
}

let rowsBefore: string;

test('the copies of database and settings are complete, and root’s alone', async () => {
  expect((await pbx.call(1)).stdout).toMatch(heardTwice);
  follow(backUp);
  rowsBefore = rows();
  expect(Number(rowsBefore)).toBeGreaterThan(0);
  expect(pbx.run('stat -c %a hotline.sql hotline-settings.tar.gz').stdout).toBe('600\n600\n');
  expect(pbx.run('tar -xzOf hotline-settings.tar.gz etc/hotline/hotline.env').stdout).toBe(
    pbx.run('cat /etc/hotline/hotline.env').stdout,
  );
});

test('an update with another schema says in systemctl status what to do, and serves once that is done', async () => {
  const [install = '', ...afterwards] = update;
  await type(install);
  await until(() =>
    says(/its schema is not complete \(version \d+, this program needs \d+\): run hotline migrate/),
  );
  expect(pbx.property('ActiveState')).toBe('activating');
  for (const command of afterwards) await type(command);
  expect(pbx.run('hotline --version').stdout).toBe(`${migratingVersion}\n`);
  expect((await pbx.call(2)).stdout).toMatch(heardTwice);
});

test('the package before refuses the newer schema, and serves once the copy is read back', async () => {
  for (const command of goBack) await type(command);
  await until(() => says(/its schema is newer \(version \d+\) than this program \(\d+\)/));
  expect(follow(readBack)).toContain('audit log intact');
  expect(pbx.isActive()).toBe(true);
  expect(rows()).toBe(rowsBefore);
  expect((await pbx.call(3)).stdout).toMatch(heardTwice);
});

test('removed by the book, it leaves the PBX as it was, and neither settings nor database', async () => {
  for (const command of remove) await type(command);
  const ours = trunkOfTheBook('extensions');
  const file = pbx.run('cat /etc/asterisk/extensions.conf').stdout;
  pbx.run('cat > /etc/asterisk/extensions.conf', file.replace(ours, ''));
  expect(pbx.configuration()).toBe(configurationBefore);
  expect(
    pbx.machine.run(
      'ls -d /etc/hotline /var/lib/hotline /var/log/hotline /var/cache/hotline /var/backups/hotline',
    ).stdout,
  ).toBe('');
  expect(
    pbx.run(
      `mariadb -N -e "SHOW DATABASES LIKE 'hotline'; SELECT user FROM mysql.user WHERE user LIKE 'hotline%'"`,
    ).stdout,
  ).toBe('');
  expect(pbx.machine.run('command -v hotline').status).not.toBe(0);
});
