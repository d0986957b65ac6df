/** Linphone's console, of Debian's package linphone-cli. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConsoleProgram, playing } from './console-program.ts';
import type { Softphone, SoftphoneSettings } from './softphone.ts';

/** Its number of G.722 in `codec list`, which is off as it comes. */
const g722 = 6;

export async function linphone(settings: SoftphoneSettings): Promise<Softphone> {
  const { home, user, password, transport, wideband, seat } = settings;
  mkdirSync(join(home, '.local/share/linphone'), { recursive: true });
  writeFileSync(
    join(home, '.linphonerc'),
    `[sip]\nsip_port=-1\nsip_tcp_port=-1\n[rtp]\naudio_rtp_port=${7078 + 2 * seat}\n`,
  );
  const program = await ConsoleProgram.start('linphonec', [], settings);
  const recording = join(home, 'played.wav');
  program.type('soundcard use files'); // there is no sound card
  program.type(`record ${recording}`);
  if (wideband) program.type(`codec enable ${g722}`);
  program.type(`register sip:${user}@127.0.0.1 sip:127.0.0.1:5060;transport=${transport} ${password}`);
  do program.type('status register');
  while (!(await program.prints(/registered[=,].*\n/)).includes('identity'));
  return {
    dial: async (number) => {
      program.type(`call ${number}`);
      await playing(() => recording);
    },
    press: (keys) => Promise.resolve(program.type(keys)),
    hungUp: async () => void (await program.prints(/Call 1 with .* ended/)),
    quit: async () => {
      await program.quit('quit');
      return recording;
    },
  };
}
