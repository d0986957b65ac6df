/**
 * The flood itself, inside the private network. Arguments: limit, times, waves, widest allowed
 * spacing of packets (ms).
 */
import { closeRegistryDatabase, newCitizen } from '../../tests/support/machine/citizens.ts';
import { processOf, startHotline, stopHotline } from '../../tests/support/machine/hotline-under-test.ts';
import { callFrom, said } from '../../tests/support/machine/phone-call.ts';
import { until } from '../../tests/support/until.ts';
import { liveMemory } from './live-memory.ts';

const [limit = 20, times = 3, waves = 3, widestSpacingMs = 40] = process.argv.slice(2).map(Number);
if (waves < 2) throw new Error(`waves: expected 2 or more, to see whether memory grows, not ${waves}`);
/** Callers arrive this far apart: a rush, but slow enough to cause no SIP retransmission. */
const apartMs = 60;
/**
 * Allowed growth after the first wave, MB. Live: code that Node compiles late. Resident: what the
 * allocator keeps of four hashes.
 */
const allowedGrowth = { live: 4, resident: 80 };

interface Outcome {
  readonly kind: 'accepted' | 'busy' | 'other';
  readonly spacingMs: number;
  readonly why?: string;
}

/** Places one call, and returns how it went. */
async function placeCall(): Promise<Outcome> {
  const citizen = await newCitizen();
  const call = await callFrom(citizen.phone, { answerDeadlineMs: 20_000 });
  try {
    await call.hears('hotline/menu');
    await call.keys('8');
    const { name } = await call.hears(/hotline\/(enter-code-10|busy)/);
    if (name === 'hotline/busy') {
      await call.heardToEnd('hotline/busy');
      await call.hears('hotline/operator-closed');
      await call.hangUp();
      return { kind: 'busy', spacingMs: 0 };
    }
    await call.keys(citizen.code);
    const { atMs } = await call.hears('hotline/password-intro');
    await call.heardToEnd('hotline/goodbye');
    const [first, second] = call.digitsHeard();
    if (first === undefined || first !== second || !said(call).includes('changed'))
      throw new Error('an accepted caller was not served to the end');
    return { kind: 'accepted', spacingMs: call.packetSpacing(atMs, call.nowMs - 500).timestampMs };
  } catch (error) {
    await call.hangUp();
    return { kind: 'other', spacingMs: 0, why: (error as Error).message };
  }
}

/**
 * Places all calls of one wave. A call lasts half a minute; more than 500 callers take longer to
 * arrive, so the last of them may be served too.
 */
async function placeWave(): Promise<Outcome[]> {
  const calls: Promise<Outcome>[] = [];
  for (let index = 0; index < limit * times; index++) {
    calls.push(
      placeCall().catch((error: unknown) => ({ kind: 'other' as const, spacingMs: 0, why: String(error) })),
    );
    await new Promise((resolve) => setTimeout(resolve, apartMs));
  }
  return Promise.all(calls);
}

const run = await startHotline();
try {
  const pid = processOf('application');
  const outcomes: Outcome[] = [];
  const memory = [await liveMemory(pid)];
  for (let index = 0; index < waves; index++) {
    outcomes.push(...(await placeWave()));
    await until(
      async () =>
        ((await (await fetch('http://127.0.0.1:8080/status')).json()) as { calls: number }).calls === 0,
    );
    memory.push(await liveMemory(pid));
  }
  const grown = (kind: keyof typeof allowedGrowth) => memory.at(-1)![kind] - memory[1]![kind];
  const count = (kind: Outcome['kind']) => outcomes.filter((outcome) => outcome.kind === kind).length;
  const result = {
    calls: outcomes.length,
    accepted: count('accepted'),
    busy: count('busy'),
    other: count('other'),
    widestSpacingMs: Math.max(...outcomes.map(({ spacingMs }) => spacingMs)),
    memoryMb: memory,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  for (const { why } of outcomes.filter(({ kind }) => kind === 'other').slice(0, 3))
    process.stderr.write(`${why}\n`);
  const isFlat = grown('live') <= allowedGrowth.live && grown('resident') <= allowedGrowth.resident;
  const held =
    result.other === 0 &&
    result.accepted >= limit * waves &&
    result.busy > 0 &&
    result.widestSpacingMs <= widestSpacingMs &&
    isFlat;
  process.exitCode = held && processOf('application') === pid ? 0 : 1;
} finally {
  await closeRegistryDatabase();
  await stopHotline(run);
}
