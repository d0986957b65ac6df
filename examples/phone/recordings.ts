/** The recordings and their words, for a page that recognises them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPromptTexts as readTexts } from '../../src/sip-caller/transcript.ts';
import type { SentRecording } from './settings.ts';

/** Those for telephone lines. */
export async function loadSounds(directory: string): Promise<SentRecording[]> {
  const files = (await readdir(directory, { recursive: true })).filter((file) => file.endsWith('.alaw'));
  return Promise.all(
    files.sort().map(async (file) => ({
      name: file.replace(/\.alaw$/, ''),
      alaw: await readFile(join(directory, file), 'base64'),
    })),
  );
}

/** What each says, by its name: `hotline/menu`. */
export async function readPromptTexts(directory: string): Promise<Record<string, string>> {
  return Object.fromEntries(await readTexts(join(directory, 'prompts.yaml')));
}
