/** Debian's package baresip-core. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from '../../../src/recordings/run-tool.ts';
import { ConsoleProgram, playing } from './console-program.ts';
import type { Softphone, SoftphoneSettings } from './softphone.ts';

/** What stands in for a sound card; `sndfile` records. */
const withoutSoundCard = (home: string) => `
module aubridge.so
module aufile.so
module sndfile.so
snd_path ${home}
audio_player aubridge,speaker
audio_alert aubridge,bell
audio_source aufile,${home}/silence.wav
`;

export async function baresip(settings: SoftphoneSettings): Promise<Softphone> {
  const { home, user, password, transport } = settings;
  await configure(settings);
  const account = `<sip:${user}@127.0.0.1:5060;transport=${transport}>;auth_pass=${password}\n`;
  writeFileSync(join(home, 'accounts'), account);
  const program = await ConsoleProgram.start('baresip', ['-f', home], settings);
  await program.prints(/registered successfully/);
  const recording = () =>
    readdirSync(home)
      .filter((name) => name.endsWith('dec.wav'))
      .map((name) => join(home, name))[0];
  return {
    dial: async (number) => {
      program.type(`/dial ${number}`);
      await playing(recording);
    },
    press: (keys) => Promise.resolve(program.type(keys, '')),
    hungUp: async () => void (await program.prints(/Call with .* terminated/)),
    quit: async () => {
      await program.quit('/quit');
      return join(
        home,
        readdirSync(home).find((name) => name.endsWith('dec.wav'))!,
      );
    },
  };
}

/** Its own first configuration, with other sound, and G.722 if it is wanted. */
async function configure(settings: SoftphoneSettings): Promise<void> {
  const { home, wideband } = settings;
  const first = await ConsoleProgram.start('baresip', ['-f', home], settings);
  await first.prints(/baresip is ready/);
  await first.quit('/quit');
  const file = join(home, 'config');
  const config = readFileSync(file, 'utf8').replace(/^(audio_(player|source|alert)|module\s+alsa)/gm, '#$1');
  const g722 = wideband ? config.replace(/^#(module\s+g722\.so)/m, '$1') : config;
  writeFileSync(file, g722 + withoutSoundCard(home));
  const rate = wideband ? '16000' : '8000';
  const silence = ['-n', '-r', rate, '-c', '1', '-b', '16', join(home, 'silence.wav'), 'trim', '0', '180'];
  await runTool('sox', silence);
}
