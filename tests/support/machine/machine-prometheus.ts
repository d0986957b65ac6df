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
 * The rules with a minute as a second, where something must hold for a time (`for: 5m`) and where a message is late,
 * and as two seconds in ranges (`[15m]`): a wave of calls takes seconds. Rows are sealed and looked at each 5 s, so late
 * means twelve seconds for them. Other thresholds and `offset 1w` stay.
 */
export function quicken(rules: string): string {
  const minutes = (count: string, unit: string) => Number(count) * (unit === 'h' ? 60 : 1);
  return rules
    .replace(/\[(\d+)([mh])\]/g, (_, count: string, unit: string) => `[${2 * minutes(count, unit)}s]`)
    .replace(
      /^( +for: )(\d+)([mh])$/gm,
      (_, start, count: string, unit: string) => `${start}${minutes(count, unit)}s`,
    )
    .replace('oldest_waiting_seconds > 600', 'oldest_waiting_seconds > 10')
    .replace('unsealed_seconds > 120', 'unsealed_seconds > 12');
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
    // Before its first look at the application, that counts as down.
    const hasLooked =
      "curl -s 'http://127.0.0.1:9090/api/v1/query?query=hotline_build_info' | grep -q version";
    await until(() => pbx.machine.run(hasLooked).status === 0);
    return prometheus;
  }

  /** Those of this name. */
  firing(name: string): FiringAlert[] {
    return this.#read().filter(({ state, labels }) => state === 'firing' && labels['alertname'] === name);
  }

  /** Whether none of this name fires, or is about to. */
  isQuiet(name: string): boolean {
    return this.#read().every(({ labels }) => labels['alertname'] !== name);
  }

  #read(): Answer['data']['alerts'] {
    const { stdout } = this.#pbx.machine.run('curl -s http://127.0.0.1:9090/api/v1/alerts');
    return (JSON.parse(stdout) as Answer).data.alerts;
  }
}
