/** Connects to a scripted Asterisk, then prints the installed packages that this has loaded, one per line. */
import { createRequire } from 'node:module';
import { connectTo } from '../support/fakes/connect-scripted.ts';
import { ScriptedAri } from '../support/fakes/scripted-ari.ts';

const pbx = await ScriptedAri.start();
const ari = await connectTo(pbx);
const files = Object.keys(createRequire(import.meta.url).cache);
const packages = files.flatMap((file) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
process.stdout.write([...new Set(packages)].join('\n'));
ari.close();
await pbx.stop();
