/** The table of branches, and what comes with being in it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, type Logger } from 'winston';
import { Admission } from '../../src/application/admission.ts';
import { callBackChannelId } from '../../src/call/call-id.ts';
import { everySound } from '../../src/call/prompts.ts';
import { defineBranch, soundsOf, type NamedBranch } from '../../src/hotline/branch.ts';
import { loadBranches } from '../../src/hotline/branches.ts';
import { endings } from '../../src/hotline/ending.ts';
import { readSteps } from '../../src/registry/call-steps.ts';
import { admit } from '../../src/serve-hotline.ts';
import { FakeChannel } from '../../src/simulation/fake-channel.ts';
import { hotlineWithCitizen, lengths, phone, said } from '../support/fakes/one-citizen.ts';
import { placeCall } from '../support/fakes/place-call.ts';
import { passTimeUntil, placeScriptedCall, useFakeTime } from '../support/fakes/scripted-call.ts';

useFakeTime();

/** Says goodbye twice, and nothing else. */
const farewell: NamedBranch = {
  name: 'farewell',
  ...defineBranch({
    prompts: [],
    async serve(call) {
      await call.say('goodbye', 'goodbye');
      return endings.served();
    },
  }),
};
const failing: NamedBranch = {
  name: 'failing',
  prompts: [],
  serve: () => Promise.reject(new RangeError('a fault of the branch')),
};

/** Calls a branch that is no file. */
async function call(branch: NamedBranch, hangsUp = false) {
  const { registry, hotline } = hotlineWithCitizen();
  const channel = await placeScriptedCall(hotline, {
    ...{ branch, lengths, callerNumber: phone },
    caller: (sound, line) => {
      if (hangsUp && sound === 'hotline/goodbye') line.hangUp();
    },
  });
  const [row] = registry.audit;
  return { heard: said(channel), row, steps: registry.steps.get(row!.callId) ?? '[]', channel };
}

describe('the table of branches', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hotline-branches-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('is the folder: each branch has the name of its file', async () => {
    writeFileSync(join(folder, 'office-hours.ts'), 'export const branch = { prompts: ["office-hours"] };');
    writeFileSync(join(folder, 'queue2.ts'), 'export const branch = { prompts: [] };');
    const branches = await loadBranches(folder);
    expect([...branches].map(([name, { name: own }]) => [name, own])).toEqual([
      ['office-hours', 'office-hours'],
      ['queue2', 'queue2'],
    ]);
    expect(soundsOf(branches)).toEqual(['hotline/office-hours']);
  });

  test.each([
    'h.ts',
    'OfficeHours.ts',
    '1st.ts',
    'office_hours.ts',
    'call-back.ts',
    `${'o'.repeat(33)}.ts`,
    'notes.md',
  ])('refuses %s, which the dialplan could not call', async (file) => {
    writeFileSync(join(folder, file), 'export const branch = { prompts: [] };');
    await expect(loadBranches(folder)).rejects.toThrow(`${file}: expected a name such as office-hours.ts`);
  });

  test('refuses a file that exports no branch', async () => {
    writeFileSync(join(folder, 'office-hours.ts'), 'export const officeHours = {};');
    await expect(loadBranches(folder)).rejects.toThrow('office-hours.ts exports no branch');
  });

  test('has branch 8, and no recording is played by two branches under one name', async () => {
    const branches = await loadBranches();
    expect([...branches.keys()]).toContain('reset');
    const sounds = [...everySound(), ...soundsOf(branches)];
    expect(sounds.filter((sound, index) => sounds.indexOf(sound) !== index)).toEqual([]);
  });
});

describe('a call in another branch than the resets', () => {
  test('is answered, hears the branch and no more, and has a row that names it', async () => {
    const { heard, row, channel } = await call(farewell);
    expect(heard).toEqual(['goodbye', 'goodbye']);
    expect(row).toMatchObject({
      ...{ branch: 'farewell', outcome: 'served', reason: 'to the end of the branch' },
      ...{ maskedPhone: '+84***5678', identity: 'asserted' },
    });
    expect(channel.hungUpBy).toBe('application');
  });

  test('has its steps, from its arrival in the branch to its end', async () => {
    const { steps } = await call(farewell);
    const words = readSteps(steps).map((step) => ('kind' in step ? [step.kind, step.detail ?? ''] : []));
    expect(words.map((each) => each.join(' ').trim())).toEqual([
      ...['arrived farewell', 'answered', 'identity asserted', 'opening admitted', 'says goodbye goodbye'],
      ...['said', 'hangs-up', 'ended served'],
    ]);
  });

  test('that the caller hangs up is a hang-up of that branch', async () => {
    const { row } = await call(farewell, true);
    expect(row).toMatchObject({ branch: 'farewell', outcome: 'hung-up' });
  });

  test('that meets a fault hears the apology and is offered the operator', async () => {
    const { heard, row } = await call(failing);
    expect(heard).toEqual(['fault', 'offer-operator', 'goodbye']);
    expect(row).toMatchObject({ branch: 'failing', outcome: 'fault', reason: 'RangeError' });
  });
});

describe('what the dialplan names', () => {
  const branches = new Map([['farewell', farewell]]);
  const admission = (maxCalls = 10) => new Admission({ maxCalls, logger: createLogger({ silent: true }) });

  test('is the branch that serves the call', async () => {
    const { hotline, registry } = hotlineWithCitizen();
    const channel = new FakeChannel({ callerNumber: phone, lengths });
    admit(channel, ['farewell', 'asserted'], admission(), hotline, branches);
    await passTimeUntil(
      new Promise<void>((resolve) => channel.gone.addEventListener('abort', () => resolve())),
    );
    await passTimeUntil(hotline.ledger.flush());
    expect(said(channel)).toEqual(['goodbye', 'goodbye']);
    expect(registry.audit).toMatchObject([{ branch: 'farewell', outcome: 'served' }]);
  });

  test.each([[['reset']], [['farewell,asserted']], [['']], [[]]])(
    'is hung up if no branch has that name: %j',
    async (args) => {
      const { hotline, registry } = hotlineWithCitizen();
      const channel = new FakeChannel({ callerNumber: phone, lengths });
      admit(channel, args, admission(), hotline, branches);
      expect(channel.hungUpBy).toBe('application');
      expect(registry.audit).toEqual([]);
    },
  );

  test('is in the log if it is a mistake in the dialplan, and not if a leg was left by a process that died', async () => {
    const warned: unknown[] = [];
    const { hotline } = hotlineWithCitizen();
    hotline.logger.warn = ((...line: unknown[]) => warned.push(line)) as unknown as Logger['warn'];
    admit(new FakeChannel({ id: callBackChannelId('1') }), ['call-back'], admission(), hotline, branches);
    expect(warned).toEqual([]);
    admit(new FakeChannel({ id: '1.7' }), ['office-hour'], admission(), hotline, branches);
    expect(warned).toMatchObject([[expect.any(String), { channelId: '1.7', branch: 'office-hour' }]]);
  });

  test('is in the row of a call that is sent back', async () => {
    const { hotline, registry } = hotlineWithCitizen();
    const channel = new FakeChannel({ callerNumber: phone, lengths });
    admit(channel, ['farewell'], admission(0), hotline, branches);
    await passTimeUntil(hotline.ledger.flush());
    expect(channel.exitedTo).toBe('busy');
    expect(registry.audit).toMatchObject([{ branch: 'farewell', outcome: 'limited' }]);
  });
});

test('a fake call to any branch takes a few lines', async () => {
  const { heard, row } = await placeCall('reset', { keys: { 'enter-code-10': '0123456789' } });
  expect(heard.slice(-2)).toEqual(['change-at-login', 'goodbye']);
  expect(row).toMatchObject({ branch: 'reset', outcome: 'changed' });
});
