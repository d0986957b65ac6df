/** docs/tutorial.md, followed word for word up to the call. The call itself: tests/local/tutorial.test.ts. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commandsIn, runIn, writeBranch, writeQuestion } from './follow-tutorial.ts';

const tutorial = readFileSync(join(import.meta.dirname, '../../docs/tutorial.md'), 'utf8');
let copy: string;
beforeAll(() => {
  copy = writeBranch();
});
afterAll(() => rmSync(dirname(copy), { recursive: true }));

const inCopy = (command: string) => runIn(copy, command);
const succeeds = { status: 0, output: expect.any(String) };

test('its command makes the recording of the new prompt, and no other', () => {
  const [command = '', ...more] = commandsIn('## 1. The prompt');
  expect(more).toEqual([]);
  const made = inCopy(command);
  expect(made).toEqual(succeeds);
  expect(made.output).toContain('hotline/office-hours');
  const changed = inCopy(`diff -rq ${JSON.stringify(join(import.meta.dirname, '../../sounds'))} sounds`);
  expect(changed.output.match(/hotline\/\S+|Only in \S+: \S+/g)?.map((line) => line.split(' ').at(-1)).sort()).toEqual(
    ['office-hours.alaw', 'office-hours.sln16'],
  ); // prettier-ignore
});

test('its branch and its test have the types and the style of the house, and a prompt that the branch does not name is an error', () => {
  const files = ['src/hotline/branches/office-hours.ts', 'tests/hotline/office-hours.test.ts'];
  expect(inCopy(`node_modules/.bin/node node_modules/.bin/prettier --check ${files.join(' ')}`)).toEqual(
    succeeds,
  );
  // Beside them, one that differs in a name only. Of the other files, those that they import.
  const misspelt = 'src/hotline/branches/misspelt.ts';
  const branch = readFileSync(join(copy, files[0]!), 'utf8');
  writeFileSync(join(copy, misspelt), branch.replace("say('office-hours'", "say('office-hour'"));
  writeFileSync(
    join(copy, 'tsconfig.branch.json'),
    JSON.stringify({ extends: './tsconfig.json', include: [], files: [...files, misspelt] }),
  );
  const { output } = inCopy('node_modules/.bin/node node_modules/.bin/tsc --noEmit -p tsconfig.branch.json');
  rmSync(join(copy, misspelt));
  expect(output.match(/^\S+(?=\(.*error)/gm)).toEqual([misspelt]);
});

test('the simulated call hears the prompt behind key 1', () => {
  const [command = '', ...more] = commandsIn('## 3. The line');
  expect(more).toEqual([]);
  const simulated = inCopy(command);
  expect(simulated).toEqual(succeeds);
  expect(simulated.output).toContain('heard  hotline/office-hours  «Văn phòng làm việc từ 8 giờ');
  const [, said = ''] = /prints what is heard, with the times, and `([^`]+)`/.exec(tutorial) ?? [];
  expect(simulated.output).toContain(said);
});

test('its test of the branch passes', () => {
  const [command = '', ...more] = commandsIn('## 4. A test');
  expect(more).toEqual([]);
  const tested = inCopy(command);
  expect(tested).toEqual(succeeds);
  expect(tested.output).toContain('2 passed, 2 total');
});

test('the tests that hold prompts, recordings and branches together pass with the new branch', () => {
  const tested = inCopy('npm run unit -- tests/call/prompts tests/recordings/sounds tests/hotline/branches');
  expect(tested).toEqual(succeeds);
});

test('its second branch asks, answers, and passes its test', () => {
  writeQuestion(copy);
  expect(inCopy('make sounds')).toEqual(succeeds);
  const [simulate = '', unit = '', ...more] = commandsIn('## 6. A question');
  expect(more).toEqual([]);
  expect(inCopy(simulate).output).toMatch(/keyed {2}1234\n.*request-done.*\n.*goodbye/);
  const tested = inCopy(unit);
  expect(tested).toEqual(succeeds);
  expect(tested.output).toContain('2 passed, 2 total');
  const files = ['src/hotline/branches/request-status.ts', 'tests/hotline/request-status.test.ts'];
  expect(inCopy(`node_modules/.bin/node node_modules/.bin/prettier --check ${files.join(' ')}`)).toEqual(
    succeeds,
  );
  writeFileSync(
    join(copy, 'tsconfig.branch.json'),
    JSON.stringify({ extends: './tsconfig.json', include: [], files }),
  );
  expect(inCopy('node_modules/.bin/node node_modules/.bin/tsc --noEmit -p tsconfig.branch.json')).toEqual(
    succeeds,
  );
});
