/**
 * `hotline setup`. Exit codes: 0 done, or nothing to do; 1 refused, and nothing was changed; 5 done, and the
 * doctor found something to be changed.
 */
import { createInterface } from 'node:readline/promises';
import { ExpectedError } from '../expected-error.ts';
import { readSettings } from '../config.ts';
import { amiSettings, ariOf, ariSettings } from '../serve-settings.ts';
import type { SetupPlan } from '../setup/setup.ts';
import { withAmi } from './ami.ts';
import { runDoctor } from './doctor.ts';
import { HotlineCommand } from './hotline-command.ts';
import { migrateDatabase } from './migrate.ts';
import { print } from './print.ts';
import { withProgress } from './progress.ts';
import { SecretInput } from './secret-input.ts';

const reaching = 'reaching the database';

interface SetupOptions {
  readonly yes?: boolean;
  readonly start?: boolean;
  readonly databaseAdmin?: string;
}

/** Setup was refused before anything was changed. */
class NotSetUp extends ExpectedError {
  override readonly name = 'NotSetUp';
}

export function setupCommand(): HotlineCommand {
  const command = new HotlineCommand('setup');
  command
    .summary("join the package to this machine's Asterisk")
    .description(
      'join the installed package to the Asterisk and the database server of this machine: keys, settings, database, users of ARI and AMI, includes of the dialplan; shows every change and asks first',
    )
    .option('--yes', 'make the changes without asking')
    .option(
      '--start',
      'then start the application, and Asterisk too if it does not run; restart it only where a reload is not enough and no call runs',
    )
    .option(
      '--database-admin <url>',
      'an administrator of the database server, mysql://root:password@host:3306 (-: on standard input); without it root, by the socket of this machine',
    )
    .option(
      '--undo',
      'take it out again; the database stays, and a copy of the settings in /var/backups/hotline',
    )
    .example('hotline setup', 'show what would be changed, and ask')
    .example('hotline setup --yes --start', 'change it without asking, and start the application')
    .example('hotline setup --undo', 'take it out again')
    .action((options: SetupOptions & { undo?: boolean }) => (options.undo ? undo(options) : setUp(options)));
  return command;
}

async function setUp(options: SetupOptions): Promise<void> {
  const { places, plan, administrator } = await orNothing(() => look(options));
  const setup = await import('../setup/setup.ts');
  try {
    if (setup.changesNothing(plan)) print('Everything is set up already.');
    else {
      showPlan(plan, setup.describeChange);
      await ask('Make these changes?', options);
      await withProgress('making the changes', () => setup.makeChanges(plan, places, administrator));
      print(`Done. Files as they were before: ${places.backups}/before-setup`);
    }
    await migrateDatabase();
    const left = [...(await reloadPbx(plan, options)), ...(await start(options))];
    showWhatIsLeft([...left, ...plan.byHand]);
  } finally {
    administrator?.close();
  }
  print('', 'hotline doctor:');
  process.exitCode = await runDoctor({ security: false, json: false });
}

/** Looks at everything, and changes nothing. */
async function look(options: SetupOptions) {
  requireRoot();
  const [{ systemPlaces: places, modulesFolder }, asterisk, setup, { readAsteriskConfig }, settings] =
    await Promise.all([
      import('../setup/places.ts'),
      import('../setup/asterisk-program.ts'),
      import('../setup/setup.ts'),
      import('../setup/asterisk-config.ts'),
      import('../setup/settings-check.ts'),
    ]);
  asterisk.requireAsterisk();
  const folder = modulesFolder(readAsteriskConfig(places.asterisk, 'asterisk.conf'));
  asterisk.requireModules(folder, `${places.share}/asterisk/modules.conf`);
  const administrator = await reachDatabase(setup.presentDatabase(places), options);
  try {
    const plan = await withProgress('looking at what is there', () => setup.planSetup(places, administrator));
    await settings.requireFreePort(plan.settings);
    return { places, plan, administrator };
  } catch (error) {
    administrator?.close();
    throw error;
  }
}

/** @throws NotSetUp with the sentence of whatever was refused */
async function orNothing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ExpectedError ? new NotSetUp(`${error.message}; nothing was changed`) : error;
  }
}

/** Takes out what is in files; what is in the database stays. */
async function undo(options: SetupOptions): Promise<void> {
  requireRoot();
  const [{ systemPlaces: places }, asterisk, setup, service] = await Promise.all([
    import('../setup/places.ts'),
    import('../setup/asterisk-program.ts'),
    import('../setup/setup.ts'),
    import('../setup/service.ts'),
  ]);
  if (!setup.canUndo(places)) return print('There is nothing to take out.');
  await ask('End the application, and take out what "hotline setup" made?', options);
  const undone = setup.undoChanges(places);
  if (service.hasSystemd()) service.stopApplication();
  if (asterisk.isAsteriskRunning()) asterisk.reloadAsterisk();
  print(
    ...undone.restored.map((path) => `as it was: ${path}`),
    ...undone.left.map((path) => `left, since it was changed after setup: ${path}`),
    ...undone.copies.map((path) => `a copy with what was changed in our part after setup: ${path}`),
    `The database stays, and the settings with its passwords and keys, in ${places.backups}/kept.env: a later "hotline setup" goes on with them.`,
    "To remove the database: DROP DATABASE hotline; and the users 'hotline' and 'hotline_owner' with DROP USER.",
  );
}

function requireRoot(): void {
  if (process.getuid?.() !== 0) throw new NotSetUp('hotline setup changes files of root: run it as root');
}

/**
 * @param present the database that the settings name
 * @returns the administrator that creates one; undefined if the present one is usable
 */
async function reachDatabase(present: string | undefined, { databaseAdmin }: SetupOptions) {
  if (present !== undefined) {
    const { checkBeforeMigrating } = await import('../mysql/schema/migrate.ts');
    return void (await withProgress(reaching, () => checkBeforeMigrating(present)));
  }
  const { DatabaseAdministrator } = await import('../mysql/database/administrator.ts');
  const input = new SecretInput();
  const url =
    databaseAdmin === undefined ? undefined : await input.read('database administrator', databaseAdmin);
  input.close();
  return withProgress(reaching, () => DatabaseAdministrator.connect(url));
}

function showPlan(
  { files, links, database }: SetupPlan,
  describe: (change: SetupPlan['files'][number]) => string,
): void {
  for (const change of files) print(describe(change).trimEnd(), '');
  for (const { path, target } of links) print(`${path}: a link to ${target}`, '');
  if (database)
    print(
      `database: hotline, with the users '${database.owner.user}'@'${database.from}' (owns it) and '${database.application.user}'@'${database.from}' (takes calls)`,
      '',
    );
}

/** @throws NotSetUp unless the answer is yes */
async function ask(question: string, { yes = false }: SetupOptions): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY)
    throw new NotSetUp(`${question} Nobody can be asked here, and nothing was changed: add --yes`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new NotSetUp('Nothing was changed');
}

/** @returns what is left to the admin */
async function reloadPbx({ settings }: SetupPlan, options: SetupOptions): Promise<string[]> {
  const [asterisk, service, { takeOver }] = await Promise.all([
    import('../setup/asterisk-program.ts'),
    import('../setup/service.ts'),
    import('../setup/pbx-effect.ts'),
  ]);
  const pbx = {
    isRunning: asterisk.isAsteriskRunning,
    calls: asterisk.runningCalls,
    reload: asterisk.reloadAsterisk,
    restart: service.restartAsterisk,
    whyClosed: () => withProgress('asking Asterisk', () => whyClosed(settings)),
  };
  return takeOver(pbx, options.start === true && service.hasSystemd(), print);
}

/** Asks ARI and AMI, as the settings say. */
async function whyClosed(settings: SetupPlan['settings']): Promise<string | undefined> {
  const { checkAri } = await import('../asterisk/ari/connect-ari.ts');
  const config = readSettings([...ariSettings, ...amiSettings], settings);
  const answers = await Promise.allSettled([
    checkAri(ariOf(config)),
    withAmi(config, () => Promise.resolve()),
  ]);
  const reasons = answers.flatMap((answer) =>
    answer.status === 'rejected' ? [(answer.reason as Error).message] : [],
  );
  return reasons.length > 0 ? reasons.join('; ') : undefined;
}

/** @returns what is left to the admin */
async function start({ start: wanted = false }: SetupOptions): Promise<string[]> {
  const service = await import('../setup/service.ts');
  const byHand = ['Start the application: systemctl enable --now hotline.'];
  if (!wanted || !service.hasSystemd()) return byHand;
  print('Starting the application …');
  return (await service.startApplication((status) => print(`  ${status}`))) ? [] : byHand;
}

function showWhatIsLeft(byHand: readonly string[]): void {
  const always = [
    'Point your carrier\'s trunk at hotline-identity, and keep what callers key out of the log: /usr/share/doc/hotline/admin.md, steps 5 and 6, "Point a trunk at it". hotline doctor --security names what is missing.',
    'Load the registry: hotline import accounts.csv',
    'Keep a copy of HASH_KEY and AUDIT_KEY of /etc/hotline/hotline.env away from this machine.',
  ];
  print('', 'Left to you:', ...[...byHand, ...always].map((line, index) => `${index + 1}. ${line}`));
}
