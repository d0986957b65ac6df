/** `hotline sounds [--json]` */
import { relative } from 'node:path';
import type { MadeSounds } from '../recordings/make-sounds.ts';
import { ExpectedError } from '../expected-error.ts';
import { documentPath, isInstalled } from '../installation.ts';
import { HotlineCommand } from './hotline-command.ts';
import { jsonOption, print, printReport } from './print.ts';
import { drawBar, withLiveLine } from './live-line.ts';
import { siteSounds, soundsDirectory } from '../recordings/sounds-directory.ts';

/** Interval between progress lines without a terminal, ms. */
const lineEveryMs = 2000;

/** What an admin edits: with the package a copy, which no update replaces. */
const folder = isInstalled ? siteSounds : 'sounds/vi';

export function soundsCommand(): HotlineCommand {
  const command = new HotlineCommand('sounds');
  command
    .summary('make the recordings whose words have changed')
    .description(
      `make the recordings whose words have changed, from ${folder}/prompts.yaml and ${folder}/recorded/ (needs espeak-ng and sox)`,
    )
    .option(...jsonOption)
    .example('hotline sounds', 'make what has changed, and list it')
    .action(makeRecordings);
  return command;
}

/** The recordings are the package's own. */
class NoCopy extends ExpectedError {
  override readonly name = 'NoCopy';
  constructor() {
    super(
      `an update replaces the recordings of the package: edit a copy in ${siteSounds}, which hotline uses instead (${documentPath('admin.md')}, "Replace recordings")`,
    );
  }
}

/**
 * Makes the recordings, with a progress bar on standard error and the list of the new ones, with lengths, on
 * standard output.
 *
 * @throws NoCopy, and as makeSounds does
 */
async function makeRecordings({ json = false }: { json?: boolean }): Promise<void> {
  if (isInstalled && soundsDirectory !== siteSounds) throw new NoCopy();
  const { makeSounds } = await import('../recordings/make-sounds.ts');
  const showing = process.stderr.isTTY ? withLiveLine : withLines;
  const made = await showing((show) =>
    makeSounds({
      directory: soundsDirectory,
      progress: ({ sound }, done, total) => {
        if (done === 1) show(progressLine(0, total));
        show(progressLine(done, total, sound));
      },
    }),
  );
  const directory = isInstalled ? soundsDirectory : relative('.', soundsDirectory);
  const { sounds, removed, otherVoice = null } = made;
  if (json) return printReport({ directory, sounds, removed, otherVoice });
  print(summary(made, directory));
}

function progressLine(done: number, total: number, sound = ''): string {
  return `making sounds ${drawBar(done / total)} ${done}/${total} ${sound}`;
}

/** A line now and then, and the last one. */
async function withLines<T>(work: (show: (line: string) => void) => Promise<T>): Promise<T> {
  let [last, shownAt] = ['', -Infinity];
  try {
    return await work((line) => {
      last = line;
      if (performance.now() - shownAt < lineEveryMs) return;
      shownAt = performance.now();
      process.stderr.write(`${last}\n`);
    });
  } finally {
    if (last !== '') process.stderr.write(`${last}\n\n`);
  }
}

/** What `hotline sounds` prints. */
export function summary({ sounds, removed, otherVoice }: MadeSounds, directory: string): string {
  const made = sounds.filter(({ isNew }) => isNew);
  const lines = made.map(({ sound, source, lengthMs }) => {
    return `${sound.padEnd(30)} ${(lengthMs / 1000).toFixed(2).padStart(6)} s  ${source}, new`;
  });
  const gone = removed.map((file) => `removed ${file}: not in prompts.yaml`);
  const other = otherVoice
    ? [
        `What is new was said by ${otherVoice.installed}, and not by the reference, ${otherVoice.reference}: it may sound a little different.`,
      ]
    : [];
  const restart = isInstalled ? 'systemctl restart hotline' : 'end make run, and start it again';
  return [
    ...lines,
    ...gone,
    ...other,
    `${sounds.length} sounds in ${directory}, ${made.length} new`,
    ...(made.length > 0
      ? [`Callers hear what is new once the application has been restarted: ${restart}`]
      : []),
  ].join('\n');
}
