/** Callers who key the personal ID instead of the BHXH code. */
import { subjectKey } from '../../src/accounts/subject-key.ts';
import { verifyPassword } from '../../src/accounts/password-hash.ts';
import {
  code,
  hotlineWithCitizen,
  keying,
  place,
  said,
  spokenPassword,
} from '../support/fakes/one-citizen.ts';
import { useFakeTime } from '../support/fakes/scripted-call.ts';

useFakeTime();

const personalId = '012345678901';

/** Where both lengths are accepted. */
function hotlineWithBoth() {
  const { registry, hotline } = hotlineWithCitizen();
  registry.addCode(1, personalId);
  return { registry, hotline: { ...hotline, script: { ...hotline.script, codeLengths: [10, 12] } } };
}

test('hear a password that verifies, and are on record by the first code', async () => {
  const { registry, hotline } = hotlineWithBoth();
  const channel = await place(hotline, keying(personalId));
  expect(said(channel).slice(0, 2)).toEqual(['enter-code-10-or-12', 'please-wait']);
  expect(await verifyPassword(registry.accounts[0]!.passwordHash, spokenPassword(channel))).toBe(true);
  expect(registry.audit).toMatchObject([
    { outcome: 'changed', codeKey: subjectKey(hotline.hashKeys.current, 'code', code) },
  ]);
});

test('10 digits without # are taken within 3 s after the last, as 12 are at once', async () => {
  const { hotline } = hotlineWithBoth();
  const answered = async (keyed: string) => {
    const { heard } = await place(hotline, keying(keyed), '0987654321');
    const [asked, answer] = ['hotline/enter-code-10-or-12', 'hotline/please-wait'].map(
      (name) => heard.find(({ sound }) => sound === name)!.atMs,
    );
    return answer! - asked!;
  };
  const [ten, terminated, twelve] = [
    await answered(code),
    await answered(`${code}#`),
    await answered(personalId),
  ];
  expect(ten - terminated).toBeLessThan(3000);
  expect(Math.abs(twelve - terminated)).toBeLessThan(1000);
});
