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
import { exampleHour, patienceMs, type Drill } from './alerts/drill.ts';
import { partDrills } from './alerts/part-drills.ts';

const drills: readonly Drill[] = [...callDrills, ...partDrills];
const alerts = drills.map(({ alert }) => alert);
const hourBefore = new Date(Date.now() + 6 * 3600_000).toISOString().slice(0, 16); // Vietnam is 7 h ahead
const isReady = 'curl -fsS http://127.0.0.1:8080/readyz';
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

  test.each(drills)(
    '$alert: $because',
    async ({ alert, provoke, asks }) => {
      const section = sections.find((text) => text.startsWith(`${alert}\n`));
      await until(() => prometheus.isQuiet(alert), patienceMs); // after the drills before
      await until(() => pbx.machine.run(isReady).status === 0, patienceMs); // likewise
      const mends: (() => unknown)[] = [];
      try {
        await provoke(pbx, (mend) => mends.unshift(mend));
        let firing = 0;
        await until(() => (firing = prometheus.firing(alert).length) > 0, patienceMs);
        expect(firing).toBe(1); // one cause wakes nobody twice
        for (const { command, says } of asks) {
          expect(section).toContain(`\`${command}\``);
          const typed = command.replace(exampleHour, hourBefore);
          const { stdout, stderr } = pbx.machine.run(typed);
          expect(`${typed}:\n${stdout}${stderr}`).toMatch(says);
        }
      } finally {
        for (const mend of mends) await mend();
      }
    },
    3 * patienceMs, // it waits for quiet, for callers, and for the alert
  );

  test('no alert fires when all causes are gone', async () => {
    await until(() => alerts.every((alert) => prometheus.isQuiet(alert)), patienceMs);
  });
});
