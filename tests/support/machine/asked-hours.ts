/** Asks [hotline-hours] of an Asterisk under test about moments of a test's choice. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../until.ts';
import type { RealAsterisk } from './real-asterisk.ts';

/** A channel of its own asks about the moment that is its extension, and leaves the answer in a global variable. */
const askingDialplan = `
[ask-hours]
exten => _X.,1,Gosub(hotline-hours,s,1(\${EXTEN}))
 same => n,Set(GLOBAL(ANSWER)=\${HOTLINE_OPEN} \${HOTLINE_OPENS})
 same => n,Hangup()
`;

/** Adds the dialplan for {@link askHours} to a copy of asterisk-config/. */
export function addAskingDialplan(config: string): void {
  appendFileSync(join(config, 'modules.conf'), 'require = func_global.so\n');
  appendFileSync(join(config, 'extensions-site.conf'), askingDialplan);
}

/**
 * What the calendar says of a moment, such as `open`, or of the next opening, such as `hour-8 tomorrow`; `unknown`: closed, and
 * nobody knows until when. One at a time.
 *
 * @param moment Vietnam's time, `2027-02-06T09:00`
 */
export async function askHours({ ari }: RealAsterisk, moment: string): Promise<string> {
  const ask = async (method: string, path: string) => {
    const response = await fetch(`${ari.url}/ari/${path}`, {
      method,
      headers: { Authorization: `Basic ${btoa(`${ari.username}:${ari.password}`)}` },
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const answer = async () =>
    ((await (await ask('GET', 'asterisk/variable?variable=ANSWER')).json()) as { value: string }).value;
  await ask('POST', 'asterisk/variable?variable=ANSWER&value=');
  const seconds = Date.parse(`${moment}:00+07:00`) / 1000;
  await ask('POST', `channels?endpoint=Local/${seconds}@ask-hours/n&context=hotline-nowhere&extension=s`);
  await until(async () => (await answer()) !== '');
  const [open, opens = ''] = (await answer()).split(' ');
  if (open === 'yes') return 'open';
  return opens === ''
    ? 'unknown'
    : opens
        .replaceAll('hotline/', '')
        .replace(/^opens-at&/, '')
        .replaceAll('&', ' ');
}
