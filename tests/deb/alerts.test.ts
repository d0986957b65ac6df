/**
 * Each alert, provoked on a machine where the package runs under systemd, with a real Prometheus, and followed by its
 * section of docs/operating.md: its commands exist and say what is wrong, and what it says to do ends the alert.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../../src/local/run-state.ts';
import { describeWith } from '../support/engine/unpacked-programs.ts';
import { HotlineMachine } from '../support/machine/hotline-machine.ts';
import { MachinePrometheus } from '../support/machine/machine-prometheus.ts';
import { until } from '../support/until.ts';
import { callDrills, weekBefore } from './alerts/call-drills.ts';
import { patienceMs, type Drill } from './alerts/drill.ts';

const drills: readonly Drill[] = [...callDrills];
const sections = readFileSync(join(checkout, 'docs/operating.md'), 'utf8').split(/^### /m);

describeWith('prometheus')('a person whom an alert wakes', () => {
  let pbx: HotlineMachine;
  let prometheus: MachinePrometheus;

  beforeAll(async () => {
    pbx = await HotlineMachine.boot();
    await pbx.setUp();
    pbx.run('systemctl log-target journal'); // as on any other machine
    prometheus = await MachinePrometheus.start(pbx, weekBefore());
  }, 600_000); // a machine is built and a package fetched: minutes, where others build images meanwhile
  afterAll(() => pbx?.remove());

  test.each(drills)('$alert: $because', async ({ alert, provoke, asks }) => {
    const section = sections.find((text) => text.startsWith(`${alert}\n`));
    const mend = await provoke(pbx);
    try {
      await until(() => prometheus.firing(alert).length > 0, patienceMs);
      expect(prometheus.firing(alert)).toHaveLength(1); // one cause wakes nobody twice
      for (const { command, says, typed = command } of asks) {
        expect(section).toContain(`\`${command}\``);
        const { stdout, stderr } = pbx.machine.run(typed);
        expect(`${typed}:\n${stdout}${stderr}`).toMatch(says);
      }
    } finally {
      await mend();
    }
    await until(() => prometheus.firing(alert).length === 0, patienceMs);
  });
});
