/** Two small campaigns, always the same, side by side; `make chaos` runs the large one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** What a campaign said, and its exit code. */
async function campaign(...options: string[]): Promise<{ said: string; code: unknown }> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../../tools/chaos/campaign.ts'), ...options],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { said, code };
}

// The seeds are chosen for short faults: nobody waits 20 s here for a process that was stopped.

test.concurrent(
  '30 faults between application and database, drawn from one seed, break no promise',
  async () => {
    const { said, code } = await campaign('--seed', 'w', '--count', '30');
    expect(said).toContain('30 trials of application and database, 0 with a violation');
    expect(code).toBe(0);
  },
);

test.concurrent(
  'a PBX killed, and an application killed without its database, with real calls at different steps, break no promise',
  async () => {
    const { said, code } = await campaign('--seed', 'small-5595', '--count', '0', '--calls', '2');
    expect(said).toContain('2 trials with real calls, 0 with a violation, 0 without a verdict');
    expect(code).toBe(0);
  },
);
