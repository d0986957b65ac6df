import { relative } from 'node:path';
import { SingleBar } from 'cli-progress';
import { makeSounds, type MadeSounds } from '../recordings/make-sounds.ts';

/**
 * The action of `hotline sounds make`: makes all recordings, with a progress bar on standard
 * error and the list of what was made, with lengths, on standard output.
 *
 * @param directory a language's folder
 * @throws as {@link makeSounds}; the message is fit to be shown
 */
export async function makeSoundsCommand({ directory }: { readonly directory: string }): Promise<void> {
  const bar = new SingleBar({
    format: 'making sounds {bar} {value}/{total} {sound}',
    noTTYOutput: true,
    notTTYSchedule: 2000,
  });
  const progress = (sound: { sound: string }, done: number, total: number): void => {
    if (done === 1) bar.start(total, 0, { sound: '' });
    bar.update(done, { sound: sound.sound });
  };
  const result = await makeSounds({ directory, progress }).finally(() => bar.stop());
  process.stdout.write(summary(result, relative('.', directory)));
}

function summary({ made, removed }: MadeSounds, directory: string): string {
  const lines = made.map(({ sound, source, lengthMs }) => {
    return `${sound.padEnd(30)} ${(lengthMs / 1000).toFixed(2).padStart(6)} s  ${source}`;
  });
  const gone = removed.map((file) => `removed ${file}: not in prompts.yaml`);
  return [...lines, ...gone, `${made.length} sounds in ${directory}`, ''].join('\n');
}
