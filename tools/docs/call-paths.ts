/**
 * The paths through branch 8, found by running it: each scenario is a call against the fake channel
 * and the registry in memory. The pictures in the documents are drawn from these paths.
 *
 * The calls take virtual time, so that nothing depends on the machine. Sounds and time-outs are short; every caller
 * reacts to a sound, so the result does not depend on how short.
 */
import { createLogger } from 'winston';
import { CallLedger } from '../../src/records/call-ledger.ts';
import { shippedLimits } from '../../src/accounts/limits.ts';
import { everySound } from '../../src/call/prompts.ts';
import { CallBackOrders } from '../../src/hotline/call-back/orders.ts';
import type { Hotline } from '../../src/hotline/context.ts';
import { takeCall } from '../../src/hotline/take-call.ts';
import { inVirtualTime } from '../../src/simulation/virtual-time.ts';
import { FakeCallBackLine } from '../../tests/support/fakes/fake-call-back-line.ts';
import { reset } from '../../tests/support/fakes/branches.ts';
import { FakeChannel } from '../../src/simulation/fake-channel.ts';
import { MemoryRegistry } from '../../src/simulation/memory-registry.ts';
import { code, type Scenario } from './scenarios.ts';
import { PathSteps } from './path-steps.ts';
import { TellingRegistry } from './telling-registry.ts';
import { Trace, type Step } from './trace.ts';

/** Ms. Silence plays until something else is said. A prompt must send some packets, or it counts as unheard. */
const lengths: ReadonlyMap<string, number> = new Map(
  everySound().map((sound) => [sound, sound === 'hotline/silence' ? 60_000 : 100]),
);

/** A path, as the pictures have it and with every sound of it. */
export interface TracedPath {
  readonly scenario: Scenario;
  readonly steps: readonly Step[];
  /** As {@link CallPath} of src/call/paths/. */
  readonly sounds: readonly string[];
}

const taken = new Map<Scenario, Promise<TracedPath>>();

/** Places the calls side by side, each once. */
export async function tracedPaths(scenarios: readonly Scenario[]): Promise<TracedPath[]> {
  const paths = () =>
    scenarios.map((scenario) => {
      const path = taken.get(scenario) ?? takePath(scenario);
      taken.set(scenario, path);
      return path;
    });
  return inVirtualTime(() => Promise.all(paths()), Math.random);
}

export async function callPaths(scenarios: readonly Scenario[]): Promise<Step[][]> {
  return (await tracedPaths(scenarios)).map(({ steps }) => [...steps]);
}

async function takePath(scenario: Scenario): Promise<TracedPath> {
  const trace = new Trace(scenario);
  const timed = new PathSteps();
  const registry = new MemoryRegistry({ limits: { ...shippedLimits, ...scenario.limits } });
  await registry.holdNode({ instanceId: 'docs', node: 'docs', process: '' });
  registry.addAccount({ bhxhCode: code, phone: '+84912345678', passwordHash: '' });
  const { unreachable = [], times } = scenario;
  if (unreachable.length > 0 && times === undefined) registry.stayAway('before', ...unreachable);
  for (let time = 0; time < (times ?? 0); time++)
    for (const method of unreachable) registry.failNext(method, 'before');
  for (const [method, fault] of scenario.faults ?? []) registry.failNext(method, fault);
  const channel = new FakeChannel({ callerNumber: scenario.withheld ? '' : '0912345678', lengths });
  if (scenario.contradictory) channel.claims = { asserted: ['0912345678'], from: '0911000000' };
  channel.whenHeard(({ sound }) => {
    timed.hears(sound);
    trace.hears(sound, (keys) => {
      timed.keys(keys);
      channel.press(keys);
    });
  });
  const answering = new TellingRegistry(registry, trace, {
    slow: scenario.slow,
    doubt: scenario.contradictory && ', doubtful number',
  });
  const ledger = new CallLedger({
    registry: answering,
    onFault: (error) => {
      throw error;
    },
  });
  const hotline: Hotline = {
    instanceId: 'docs',
    node: 'docs',
    registry: answering,
    ledger,
    logger: createLogger({ silent: true }),
    hashKeys: { current: '0'.repeat(64) },
    callBacks: new CallBackOrders({
      mode: 'risk',
      line: new FakeCallBackLine(lengths, 'no answer'),
      perNumberDay: 1,
      atOnce: 1,
      ringMs: 1,
      delayMs: 1,
    }),
    script: {
      timings: { firstDigitTimeoutMs: 40, interdigitTimeoutMs: 40 },
      codeLengths: [10],
      attemptsPerCall: 3,
      passwordLength: 8,
      passwordValidMinutes: 10,
      speechMs: () => 0,
    },
  };
  await takeCall(
    channel,
    hotline,
    reset,
    scenario.withheld ? 'withheld' : scenario.contradictory ? 'pai-required' : 'asserted',
  );
  registry.stayAway(null);
  await ledger.flush();
  const [row] = registry.audit;
  if (row?.outcome === 'fault' && scenario.faults === undefined && scenario.unreachable === undefined)
    throw new Error(`a call made for the pictures ended with a fault: ${row.reason}`);
  if (channel.exitedTo === 'operator') trace.steps.push({ heard: 'operator' });
  return { scenario, steps: trace.steps, sounds: timed.steps };
}
