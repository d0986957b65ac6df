/** A real Prometheus on a machine, with the rules and the example that the package installs there. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathOf } from '../engine/unpacked-programs.ts';
import { until } from '../until.ts';
import type { HotlineMachine } from './hotline-machine.ts';

const installed = '/usr/share/hotline/prometheus';
const folder = '/run/prometheus';

/** An alert that fires now. */
export interface FiringAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: { readonly summary: string };
}

/** What it answers at /api/v1/alerts. */
interface Answer {
  readonly data: { readonly alerts: readonly (FiringAlert & { readonly state: string })[] };
}

/**
 * The rules with a minute of theirs as a second: the ranges (`[15m]`) and how long something must hold (`for: 5m`).
 * Thresholds and `offset 1w` stay.
 */
export function quicken(rules: string): string {
  const seconds = (count: string, unit: string) => `${Number(count) * (unit === 'h' ? 60 : 1)}s`;
  return rules
    .replace(/\[(\d+)([mh])\]/g, (_, count: string, unit: string) => `[${seconds(count, unit)}]`)
    .replace(/^( +for: )(\d+)([mh])$/gm, (_, start: string, count: string, unit: string) => start + seconds(count, unit)); // prettier-ignore
}

/** Ends with its machine. */
export class MachinePrometheus {
  readonly #pbx: HotlineMachine;

  private constructor(pbx: HotlineMachine) {
    this.#pbx = pbx;
  }

  /**
   * Starts one that reads the metrics and looks at the rules each second.
   *
   * @param history samples of the past, in OpenMetrics' words
   */
  static async start(pbx: HotlineMachine, history: string): Promise<MachinePrometheus> {
    for (const program of ['prometheus', 'promtool'] as const)
      copyFileSync(pathOf(program), join(pbx.machine.root, 'root', program));
    pbx.run(`mkdir ${folder}; cat > ${folder}/rules.yml`, quicken(pbx.run(`cat ${installed}/hotline.rules.yml`).stdout)); // prettier-ignore
    const example = pbx.run(`cat ${installed}/prometheus.example.yml`).stdout;
    const everySecond = 'global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }\n';
    pbx.run(
      `cat > ${folder}/prometheus.yml; mkdir /etc/prometheus; echo x > /etc/prometheus/asterisk-password`,
      everySecond + example.replace(`${installed}/hotline.rules.yml`, `${folder}/rules.yml`),
    );
    pbx.run(`cat > ${folder}/history`, history);
    pbx.run(`./promtool tsdb create-blocks-from openmetrics ${folder}/history ${folder}/data`);
    const options = `--config.file=${folder}/prometheus.yml --storage.tsdb.path=${folder}/data --web.listen-address=127.0.0.1:9090 --log.level=warn`;
    pbx.run(`systemd-run --quiet --unit=prometheus /root/prometheus ${options}`);
    const prometheus = new MachinePrometheus(pbx);
    await until(() => pbx.machine.run('curl -sf http://127.0.0.1:9090/-/ready').status === 0);
    return prometheus;
  }

  /** Those of this name. */
  firing(name: string): FiringAlert[] {
    const { stdout } = this.#pbx.machine.run('curl -s http://127.0.0.1:9090/api/v1/alerts');
    const { alerts } = (JSON.parse(stdout) as Answer).data;
    return alerts.filter(({ state, labels }) => state === 'firing' && labels['alertname'] === name);
  }
}
