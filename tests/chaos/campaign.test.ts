/** Two small campaigns side by side, always the same ones; `make chaos` runs the large one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { endWithUs } from '../support/machine/end-with-us.ts';

/** Runs a campaign; returns what it printed, and its exit code. */
async function runCampaign(...options: string[]): Promise<{ said: string; code: unknown }> {
  const program = join(import.meta.dirname, '../../tools/chaos/campaign.ts');
  const [first = '', ...words] = endWithUs([process.execPath, program, ...options]);
  const child = spawn(first, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { said, code };
}

// The seeds are chosen for short faults of many kinds, so no test waits 20 s for a stopped process.

test.concurrent(
  '24 faults of 14 kinds, between applications of two machines and their database, break no promise',
  async () => {
    const { said, code } = await runCampaign('--seed', 's34817', '--count', '24', '--lanes', '4');
    expect(said).toContain('24 trials of application and database, 0 with a violation');
    expect(code).toBe(0);
  },
);

test.concurrent(
  'with real calls at different steps, phones that hold, and calls whose arrival the application is not told of, break no promise',
  async () => {
    const { said, code } = await runCampaign('--seed', 'c721344', '--count', '0', '--calls', '2');
    expect(said).toContain('2 trials with real calls, 0 with a violation, 0 without a verdict');
    expect(code).toBe(0);
  },
);
