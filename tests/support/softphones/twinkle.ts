/** Twinkle's console, of Debian's package twinkle-console. */
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ConsoleProgram, playing, type Home } from './console-program.ts';
import type { Softphone, SoftphoneSettings } from './softphone.ts';

/** Writes 20 ms of silence every 20 ms; what a full pipe does not take is not spoken. */
const silence = "setInterval(() => require('fs').write(1, Buffer.alloc(320), () => undefined), 20)";

export async function twinkle(settings: SoftphoneSettings): Promise<Softphone> {
  const { home, user, password, transport, seat } = settings;
  mkdirSync(join(home, '.twinkle'));
  writeFileSync(
    join(home, '.twinkle/twinkle.sys'),
    `sip_port=${5080 + seat}\nrtp_port=${8000 + 100 * seat}\n`,
  );
  writeFileSync(
    join(home, '.twinkle/hotline.cfg'),
    `user_name=${user}\nuser_domain=127.0.0.1\nauth_name=${user}\nauth_pass=${password}\nsip_transport=${transport}\n`,
  );
  const recording = join(home, 'played.wav');
  const microphone = openMicrophone(settings, recording);
  const program = await ConsoleProgram.start('twinkle-console', ['hotline.cfg'], settings);
  await program.prints(/registration succeeded/);
  return {
    dial: async (number) => {
      program.type(`call ${number}`);
      await program.prints(/far end answered call/);
      microphone.speak();
      await playing(() => recording);
    },
    // At the pace of a person: in one go, its keys are 40 ms apart, and a PBX that is late loses some.
    press: async (keys) => {
      for (const key of keys) {
        program.type(`dtmf ${key}`);
        await setTimeout(300);
      }
    },
    hungUp: async () => void (await program.prints(/far end ended call/)),
    quit: async () => {
      await program.quit('quit');
      return recording;
    },
  };
}

/**
 * What stands in for a sound card: ALSA writes what is played to a file, and reads silence from a pipe
 * at the pace of speech, which a process of its own keeps. (ALSA's null device has no pace: the phone
 * would send as fast as it can, keys included.)
 */
function openMicrophone({ home, signal }: Home, recording: string): { speak(): void } {
  const pipe = join(home, 'microphone');
  execFileSync('mkfifo', [pipe]);
  writeFileSync(
    join(home, '.asoundrc'),
    `pcm.!default {
  type asym
  playback.pcm { type file slave.pcm { type null } file "${recording}" format wav }
  capture.pcm { type file slave.pcm { type null } file "/dev/null" infile "${pipe}" format raw }
}
`,
  );
  const end = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
  signal.addEventListener('abort', () => closeSync(end));
  const speak = () => {
    const voice = spawn(process.execPath, ['-e', silence], { stdio: ['ignore', end, 'ignore'] });
    signal.addEventListener('abort', () => voice.kill('SIGKILL'));
  };
  return { speak };
}
