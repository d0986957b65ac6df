/** `hotline simulate`: a call without PBX and database. */
import { randomInt } from 'node:crypto';
import { text as readAll } from 'node:stream/consumers';
import { join } from 'node:path';
import { Option } from 'commander';
import { readSettings } from '../config.ts';
import { isInstalled } from '../installation.ts';
import { soundsDirectory } from '../recordings/sounds-directory.ts';
import { limitSettings, limitsOf, scriptOf, scriptSettings } from '../serve-settings.ts';
import type { KeyedCaller } from '../simulation/keyed-caller.ts';
import type { CallReport } from '../simulation/simulate-call.ts';
import type { SimulatedHotline } from '../simulation/simulated-hotline.ts';
import { HotlineCommand } from './hotline-command.ts';
import { OptionError } from './option-error.ts';
import { jsonOption, print, printReport, remark, write } from './print.ts';
import type { SimulateOptions } from './simulate-options.ts';

/** Those that decide what a caller hears. */
const settings = [...scriptSettings, ...limitSettings] as const;

const siteFile = isInstalled
  ? '/etc/asterisk/extensions-site.conf'
  : join(import.meta.dirname, '../../asterisk-config/extensions-site.conf');

export function simulateCommand(): HotlineCommand {
  const command = new HotlineCommand('simulate', settings);
  command
    .summary('place a call without any PBX or database')
    .description(
      'place a call without any PBX or database: the script of the real one, keyed in this terminal in real time or, elsewhere, at once; at the end, whether what the hotline promises was kept',
    )
    .option('--from <number>', "the caller's number (default: asked for, or 0912345678)", readNumber)
    .addOption(new Option('--withheld', 'withhold the number').conflicts('from'))
    .option('--branch <name>', 'go straight to this branch, without the menu')
    .option(
      '--keys <keys>',
      'what is keyed: a blank waits until the hotline is silent, a comma one second, h hangs up, offer-reading:1 presses 1 during that prompt (default, without a terminal: standard input)',
    )
    .option('--virtual', 'at once, in virtual time, on a terminal too')
    .addOption(
      new Option('--sound', 'play what is said, by aplay, paplay or play').conflicts([
        'virtual',
        'seed',
        'json',
      ]),
    )
    .option(
      '--seed <number>',
      'a random caller, or with --keys yours, at once; the same number makes the same call',
      readSeed,
    )
    .option('--faults', 'trouble with database and PBX, drawn from the seed')
    .option(...jsonOption)
    .example('hotline simulate', 'call from this terminal')
    .example("hotline simulate --virtual --keys '8 0123456789'", 'the whole call at once')
    .example('hotline simulate --branch reset --sound', 'hear branch 8, without the menu')
    .example('hotline simulate --seed 1 --faults', 'a random caller, and trouble')
    .action(simulate);
  return command;
}

/** @throws OptionError */
function readNumber(text: string): string {
  if (!/^\+?\d{3,15}$/.test(text))
    throw new OptionError('--from: expected a phone number of 3 to 15 digits, as 0912345678');
  return text;
}

/** @throws OptionError */
function readSeed(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new OptionError('--seed: expected a whole number, 0 to 999999999');
  return Number(text);
}

/** @throws OptionError, KeysError, NoSuchBranch, BranchUnusable, RecordingsMissing, PlayerUnavailable, NothingHappens */
async function simulate(options: SimulateOptions): Promise<void> {
  const { seed, json = false, virtual = false, sound = false } = options;
  const isAtTerminal = process.stdin.isTTY && process.stdout.isTTY;
  const isLive = isAtTerminal && !virtual && !json && seed === undefined;
  if (sound && !isLive)
    throw new OptionError(
      '--sound: expected a terminal, since only there a call takes as long as a real one',
    );
  const hotline = await openHotline();
  const report = isLive ? await callLive(hotline, options) : await callAtOnce(hotline, options);
  if (!report.invariants.every(({ holds }) => holds)) process.exitCode = 1;
}

async function openHotline(): Promise<SimulatedHotline> {
  const config = readSettings(settings);
  const [{ loadSoundLengths, requireSounds }, { loadHotline, soundsOfHotline }, { demoCitizens }] =
    await Promise.all([
      import('../recordings/catalogue.ts'),
      import('../simulation/load-hotline.ts'),
      import('../mysql/import/demo-citizens.ts'),
    ]);
  const lengths = await loadSoundLengths(soundsDirectory);
  const given = {
    citizens: demoCitizens,
    script: scriptOf(config, lengths),
    limits: limitsOf(config),
    lengths,
  };
  const hotline = await loadHotline(given, siteFile, remark);
  requireSounds(soundsDirectory, lengths, soundsOfHotline(hotline));
  return hotline;
}

async function callLive(hotline: SimulatedHotline, options: SimulateOptions): Promise<CallReport> {
  const { simulateLive } = await import('./simulate-live.ts');
  return simulateLive(hotline, options);
}

/** In virtual time. */
async function callAtOnce(hotline: SimulatedHotline, options: SimulateOptions): Promise<CallReport> {
  const { json = false } = options;
  const [{ chanceOf, simulateAtOnce, simulateSeed }, { branchNamed }, { putOnLine }, words] =
    await Promise.all([
      import('../simulation/simulate-seed.ts'),
      import('../simulation/load-hotline.ts'),
      import('../simulation/scripted-caller.ts'),
      import('./tell-call.ts'),
    ]);
  const teller = await words.openTeller(json ? () => undefined : write);
  const { withheld = false, faults = false, seed = randomInt(1e9) } = options;
  const from = withheld ? '' : options.from;
  const shared = {
    ...(options.branch !== undefined && { branch: branchNamed(hotline, options.branch) }),
    onEvent: teller.tell,
  };
  const isRandom = options.seed !== undefined && options.keys === undefined;
  const caller = isRandom ? undefined : await callerKeying(hotline, options.keys);
  const report =
    caller === undefined
      ? await simulateSeed(hotline, { ...shared, seed, faults, ...(from !== undefined && { from }) })
      : await simulateAtOnce(hotline, {
          ...{ ...shared, ...chanceOf(seed, faults), from: from ?? '0912345678' },
          person: (channel) => putOnLine(channel, caller.hear),
        });
  if (json) printReport({ seed, ...words.reportForPrograms(report) });
  else print('', `seed      ${seed}`, ...words.describeReport(report));
  if (caller !== undefined) words.tellUnpressed(caller);
  return report;
}

/** @param keys absent: from standard input, unless that is a terminal */
async function callerKeying(hotline: SimulatedHotline, keys?: string): Promise<KeyedCaller> {
  const [{ readKeys, KeyedCaller }, { hasPrompt }] = await Promise.all([
    import('../simulation/keyed-caller.ts'),
    import('../simulation/load-hotline.ts'),
  ]);
  const given = keys ?? (process.stdin.isTTY ? '' : await readAll(process.stdin));
  return new KeyedCaller(readKeys(given, hasPrompt(hotline)));
}
