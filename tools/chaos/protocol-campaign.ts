/** Runs trials of the reset protocol, many at a time. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChaosDatabase } from './chaos-database.ts';
import type { Violation } from './checker.ts';
import { Lane, type Verdict } from './lane.ts';
import { planTrial, serverFaults, type Trial } from './trial.ts';

export interface TrialResult extends Verdict {
  readonly trial: Trial;
}

export interface ProtocolCampaign {
  readonly seeds: readonly string[];
  /**
   * `shared`: applications on one common server. `own`: servers with one application each, for
   * faults of the server.
   */
  readonly lanes: { readonly shared: number; readonly own: number };
  readonly onResult: (result: TrialResult) => void;
}

const firstPort = 23306;

/** Runs one trial for each seed. Needs root, and a mount namespace of its own. */
export async function runProtocolCampaign({ seeds, lanes, onResult }: ProtocolCampaign): Promise<void> {
  if (seeds.length === 0) return;
  const directory = mkdtempSync(join(tmpdir(), 'hotline-chaos-'));
  const trials = seeds.map(planTrial);
  const needsServer = (trial: Trial) => serverFaults.includes(trial.fault.kind);
  const template = await ChaosDatabase.template(join(directory, 'template'));
  const databases: ChaosDatabase[] = [];
  try {
    const work = [
      lane(
        trials.filter((trial) => !needsServer(trial)),
        lanes.shared,
        firstPort,
        directory,
      ),
      ...sliced(trials.filter(needsServer), lanes.own).map((slice, index) =>
        lane(slice, 1, firstPort + 1 + index, directory),
      ),
    ];
    await Promise.all(work);
  } finally {
    for (const database of databases) await database.remove();
    rmSync(directory, { recursive: true, force: true });
  }

  async function lane(queue: Trial[], count: number, port: number, inDirectory: string): Promise<void> {
    if (queue.length === 0) return;
    const schemas = Array.from({ length: count }, (_, index) => `lane_${index}`);
    const database = await ChaosDatabase.start(join(inDirectory, String(port)), port, schemas, template);
    databases.push(database);
    await Promise.all(schemas.map((schema, index) => drain(queue, database, schema, index)));
  }

  async function drain(
    queue: Trial[],
    database: ChaosDatabase,
    schema: string,
    index: number,
  ): Promise<void> {
    const opened = await Lane.open(database, schema, index % 2 === 0 ? 60_000 : 0);
    for (let trial = queue.shift(); trial !== undefined; trial = queue.shift())
      onResult({ trial, ...(await opened.run(trial)) });
    await opened.close();
  }
}

function sliced<T>(items: readonly T[], count: number): T[][] {
  return Array.from({ length: count }, (_, index) => items.filter((_item, place) => place % count === index));
}

export function describeViolations(found: readonly Violation[]): string {
  return found.map(({ invariant, what }) => `${invariant} ${what}`).join('; ');
}
