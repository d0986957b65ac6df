/** I6: what callers key, hear and call from stands in the registry, and nowhere else. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { closeRegistryDatabase, newCitizen, type Citizen } from '../support/citizens.ts';
import { runStateDirectory } from '../support/hotline-under-test.ts';
import { callFrom, enterCode } from '../support/phone-call.ts';

afterAll(closeRegistryDatabase);

/** Every file the run has written, with its bytes as Latin-1 text. */
function writtenFiles(): { file: string; text: string }[] {
  const state = runStateDirectory();
  return readdirSync(state, { recursive: true, encoding: 'utf8' })
    .map((name) => join(state, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile())
    .map((file) => ({ file: file.slice(state.length + 1), text: readFileSync(file, 'latin1') }));
}

/** Calls through every path that touches a secret; returns the passwords heard. */
async function callEveryWay(citizen: Citizen): Promise<string[]> {
  const matched = await callFrom(citizen.phone);
  await enterCode(matched, citizen.code);
  await matched.heardToEnd('hotline/goodbye');
  const mismatched = await callFrom(citizen.phone);
  await enterCode(
    mismatched,
    citizen.code.replace(/.$/, (digit) => String((Number(digit) + 1) % 10)),
  );
  await mismatched.hears('hotline/mismatch');
  await mismatched.keys(citizen.code);
  await mismatched.hears(/^digits/);
  await mismatched.hangUp();
  return matched.digitsHeard();
}

test('no code, number or password is in any log or file, but for code and number in the registry', async () => {
  const citizen = await newCitizen();
  const [password, again] = await callEveryWay(citizen);
  expect(again).toBe(password);
  const files = writtenFiles();
  const holding = (text: string) => files.filter((file) => file.text.includes(text)).map(({ file }) => file);
  // The search does find what is there:
  expect(holding(citizen.code)).toEqual(expect.arrayContaining([expect.stringMatching(/^mysql\//)]));
  expect(holding(citizen.code).filter((file) => !file.startsWith('mysql/'))).toEqual([]);
  expect(holding(citizen.phone.slice(1)).filter((file) => !file.startsWith('mysql/'))).toEqual([]);
  expect(holding(password!)).toEqual([]);
  // Not even the digit during which a caller hung up:
  expect(holding('digits/')).toEqual([]);
  expect(files.map(({ file }) => file)).toEqual(expect.arrayContaining(['logs/application.log', 'logs/asterisk.log', 'asterisk/log/messages.log']));
});
