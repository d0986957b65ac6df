/** Plays recordings on this machine, by whichever program for it is there. */
import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { ExpectedError } from '../expected-error.ts';

/** Programs that play 16-bit samples, 16,000 a second, from their standard input. */
const players = {
  aplay: ['-q', '-t', 'raw', '-f', 'S16_LE', '-r', '16000', '-c', '1', '-'],
  paplay: ['--raw', '--format=s16le', '--rate=16000', '--channels=1'],
  play: ['-q', '-t', 'raw', '-r', '16000', '-e', 'signed', '-b', '16', '-c', '1', '-'],
} as const;

/** None of them is installed. */
export class PlayerUnavailable extends ExpectedError {
  override readonly name = 'PlayerUnavailable';
  constructor() {
    super(
      'no program that plays sound is installed: expected aplay, paplay or play; apt-get install alsa-utils (or pulseaudio-utils, or sox), or leave --sound out',
    );
  }
}

type Process = ChildProcessByStdio<Writable, null, Readable>;

export class SoundPlayer {
  readonly #directory: string;
  readonly #program: keyof typeof players;
  readonly #onFailure: (why: string) => void;
  #playing: Process | undefined;
  #hasFailed = false;

  /**
   * @param directory the folder of a language, such as `sounds/vi`
   * @param onFailure is told once that nothing more can be played, and why
   * @throws PlayerUnavailable
   */
  constructor(directory: string, onFailure: (why: string) => void) {
    const found = Object.keys(players).find(
      (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined,
    );
    if (found === undefined) throw new PlayerUnavailable();
    this.#program = found as keyof typeof players;
    this.#directory = directory;
    this.#onFailure = onFailure;
  }

  /** Plays a sound after those that are playing. @param sound `hotline/menu` */
  play(sound: string): void {
    if (this.#hasFailed) return;
    this.#playing ??= this.#start();
    this.#playing.stdin.write(readFileSync(join(this.#directory, `${sound}.sln16`)));
  }

  /** Cuts short what is playing. */
  stop(): void {
    const playing = this.#playing;
    this.#playing = undefined;
    playing?.kill();
  }

  /** Plays what is left to its end. */
  finish(): void {
    const playing = this.#playing;
    this.#playing = undefined;
    playing?.stdin.end();
  }

  #start(): Process {
    const process = spawn(this.#program, players[this.#program], { stdio: ['pipe', 'ignore', 'pipe'] });
    let errors = '';
    process.stderr.on('data', (text) => (errors = `${errors}${text}`.slice(-500)));
    process.stdin.on('error', () => undefined); // its end says why
    process.on('error', (error) => this.#fail(error.message));
    process.on('close', (code) => {
      if (this.#playing === process) this.#fail(errors.trim() || `it ended with ${code}`);
    });
    return process;
  }

  #fail(why: string): void {
    if (!this.#hasFailed) this.#onFailure(`${this.#program} cannot play: ${why}`);
    this.#hasFailed = true;
    this.#playing = undefined;
  }
}
