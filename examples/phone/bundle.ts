/** The scripts of the page, made of browser/ when they are first asked for. */
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { build, stop } from 'esbuild';

// Fails here, where development's packages are not installed, and not when somebody opens the page.
createRequire(import.meta.url).resolve('jssip');

let made: Promise<Map<string, string>> | undefined;

/** @param name `main.js` or `ear.js` */
export async function scriptOf(name: string): Promise<string> {
  made ??= makeScripts();
  try {
    return (await made).get(name)!;
  } catch (error) {
    made = undefined;
    throw error;
  }
}

async function makeScripts(): Promise<Map<string, string>> {
  const { outputFiles } = await build({
    entryPoints: ['main', 'ear'].map((name) => join(import.meta.dirname, 'browser', `${name}.ts`)),
    outdir: '/',
    write: false,
    bundle: true,
    minify: true,
    platform: 'browser',
    target: 'es2023',
    legalComments: 'eof',
    logLevel: 'silent',
  });
  await stop();
  return new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
}
