/**
 * Whether a trouble that is told of happens, and one that happens is told of. Looked at from where the hotline meets
 * database and PBX, so that neither the tale nor the switch for a fault is believed.
 */
import { Dice } from '../../src/simulation/dice.ts';
import { troubles } from '../../src/simulation/random-trouble.ts';
import type { CallReport, TroubledParts } from '../../src/simulation/simulate-call.ts';
import { callKeying } from './simulated-hotline.ts';

const methods = [
  ...['openCall', 'checkAttempt', 'activateReset', 'readReset', 'voidReset'],
  ...['closeCall', 'keepSteps'],
] as ('openCall' | 'closeCall')[];

/** A question to the database, or a playback. Times are ms after the answer. */
interface Act {
  readonly what: string;
  readonly atMs: number;
  tookMs: number;
  hasFailed: boolean;
}

interface TroubledCall {
  readonly report: CallReport;
  readonly told: readonly { readonly atMs: number; readonly what: string }[];
  readonly asked: readonly Act[];
  /** `what`: the sounds, with blanks between them. */
  readonly played: readonly Act[];
}

/** Notes what comes of each call of a method. */
function watch<Name extends string>(
  of: Record<Name, (...args: never[]) => unknown>,
  name: Name,
  into: Act[],
  startedAt: number,
  read: { what: (args: unknown[]) => string; isFailure: (answer: unknown) => boolean | Promise<boolean> },
): void {
  const real = of[name].bind(of) as (...args: unknown[]) => unknown;
  of[name] = (...args: unknown[]) => {
    const act: Act = { what: read.what(args), atMs: Date.now() - startedAt, tookMs: 0, hasFailed: false };
    into.push(act);
    const answer = real(...args);
    const failure = Promise.resolve(read.isFailure(answer));
    void failure.then((hasFailed) => {
      Object.assign(act, { hasFailed, tookMs: Date.now() - startedAt - act.atMs });
    });
    return answer;
  };
}

async function isRejected(answer: unknown): Promise<boolean> {
  return Promise.resolve(answer).then(
    () => false,
    () => true,
  );
}

/** A caller who does everything right, with one trouble, for each of 30 seeds. */
async function callsIn(kind: keyof typeof troubles): Promise<TroubledCall[]> {
  const calls: TroubledCall[] = [];
  for (let seed = 1; seed <= 30; seed++) {
    const [asked, played]: [Act[], Act[]] = [[], []];
    const report = await callKeying('8 0123456789', {
      trouble: (parts, tell) => {
        watchParts(parts, asked, played);
        troubles[kind](new Dice(seed), parts, tell);
      },
    });
    const told = report.events.flatMap((event) => (event.kind === 'trouble' ? [event] : []));
    calls.push({ report, told, asked, played });
  }
  return calls;
}

function watchParts({ registry, channel }: TroubledParts, asked: Act[], played: Act[]): void {
  const startedAt = Date.now();
  for (const method of methods)
    watch(registry, method, asked, startedAt, { what: () => method, isFailure: isRejected });
  watch(channel, 'play', played, startedAt, {
    what: ([sounds]) => (sounds as string[]).join(' '),
    isFailure: async (playback) => (await (playback as { ended: Promise<string> }).ended) === 'failed',
  });
}

function tellings({ told }: TroubledCall): string[] {
  return told.map(({ atMs, what }) => `${atMs}: ${what}`);
}

/** Ms in `… 1.2 s`. */
function msIn(what: string): number {
  return Number(/([\d.]+) s$/.exec(what)![1]) * 1000;
}

test('without trouble every answer and every sound comes, at once', async () => {
  const acts: Act[] = [];
  await callKeying('8 0123456789', { trouble: (parts) => watchParts(parts, acts, acts) });
  expect(acts.filter(({ hasFailed }) => hasFailed)).toEqual([]);
  expect(acts.filter(({ what, tookMs }) => methods.includes(what as never) && tookMs > 0)).toEqual([]);
  expect(acts.length).toBeGreaterThan(10);
});

test('an answer that is told to be slow is slow, and no other', async () => {
  const calls = await callsIn('slowAnswer');
  for (const call of calls) {
    const slow = call.asked.filter(({ tookMs }) => tookMs > 0);
    expect(call.told.map(({ atMs, what }) => [atMs, what.split(' ')[0]])).toEqual(
      slow.map(({ atMs, what }) => [atMs, what]),
    );
    for (const [at, { tookMs }] of slow.entries())
      expect(Math.abs(tookMs - msIn(call.told[at]!.what))).toBeLessThanOrEqual(50);
  }
  expect(calls.filter(({ told }) => told.length > 0).length).toBeGreaterThan(10);
  expect(calls.some(({ told }) => told.length === 0)).toBe(true);
});

test('an answer that is told to be lost is lost after its commit, and no other', async () => {
  const calls = await callsIn('answerLost');
  for (const call of calls) {
    const lost = call.asked.filter(({ hasFailed }) => hasFailed);
    expect(tellings(call)).toEqual(
      lost.map(({ atMs, what }) => `${atMs}: the answer to ${what} is lost after its commit`),
    );
    if (lost.some(({ what }) => what === 'activateReset')) expect(call.report.reset).toBe('activated');
  }
  const told = calls.flatMap(tellings).join('\n');
  for (const method of ['activateReset', 'checkAttempt', 'openCall']) expect(told).toContain(method);
});

test('a sound that is told not to be played is not played, and every other is', async () => {
  const calls = await callsIn('playbackFails');
  for (const { told, played, report } of calls) {
    const failed = played.filter(({ hasFailed }) => hasFailed);
    expect(told.length).toBe(failed.length);
    for (const [at, { what }] of told.entries()) {
      const sound = what.replace('the PBX does not play ', '');
      expect(failed[at]!.what.split(' ')).toContain(sound);
      expect(report.events).not.toContainEqual(expect.objectContaining({ kind: 'heard', sound }));
    }
  }
  expect(calls.some(({ told }) => told.length > 0)).toBe(true);
  expect(calls.some(({ told }) => told.length === 0)).toBe(true);
});

test('while the database is told to be away it fails whatever it is asked, in the way that is told, and then works', async () => {
  const failures = new Map([
    ['unreachable', 0],
    ['no answer', 0],
  ]);
  for (const { told, asked } of await callsIn('databaseAway')) {
    const [away, back] = told;
    const [from, to] = [away?.atMs ?? Infinity, back?.atMs ?? Infinity];
    if (back !== undefined) expect(Math.abs(to - from - msIn(away!.what))).toBeLessThanOrEqual(51);
    for (const { atMs, tookMs, hasFailed } of asked) {
      if (atMs === from || atMs === to) continue; // either may have been first
      const isAway = atMs > from && atMs < to;
      expect(hasFailed).toBe(isAway);
      if (!isAway) continue;
      const way = away!.what.includes('unreachable') ? 'unreachable' : 'no answer';
      expect(tookMs).toBe(way === 'unreachable' ? 0 : 2000);
      failures.set(way, failures.get(way)! + 1);
    }
  }
  for (const count of failures.values()) expect(count).toBeGreaterThan(3);
});

test('a channel that is told to be lost ends the call there and then; a caller who is told to be gone hears of no change', async () => {
  const calls = await callsIn('channelGone');
  const lost = calls.filter(({ told }) => told[0]?.what.includes('loses'));
  const gone = calls.filter(({ told, asked }) => {
    const activatedAt = asked.find(({ what }) => what === 'activateReset')?.atMs ?? Infinity;
    return told[0]?.what.includes('not noticed') && told[0].atMs < activatedAt;
  });
  for (const { told, report } of lost)
    expect(report.events).toContainEqual({ kind: 'ended', atMs: told[0]!.atMs, by: 'pbx' });
  for (const { report } of gone) expect(report).toMatchObject({ endedBy: 'caller', toldChanged: false });
  for (const kind of [lost, gone]) expect(kind.length).toBeGreaterThan(2);
});
