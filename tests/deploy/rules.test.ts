/** The alert rules: Prometheus takes them, each fires when it should and not before, and the documents say what then. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithPromtool, promtool } from '../support/engine/with-promtool.ts';
import { alertCases } from './alert-cases.ts';
import { alerts, rulesFile } from './rules.ts';

const checkout = join(import.meta.dirname, '../..');
const names = alerts.map(({ alert }) => alert);

test('every alert has its cases, and every case its alert', () => {
  expect(Object.keys(alertCases).sort()).toEqual(names.toSorted());
  for (const { quiet } of Object.values(alertCases)) expect(quiet.length).toBeGreaterThan(0);
});

describe('what to do at 3 a.m.', () => {
  const operating = readFileSync(join(checkout, 'docs/operating.md'), 'utf8');
  const sections = operating.split(/^### /m).slice(1);
  const section = (name: string) => sections.find((text) => text.startsWith(`${name}\n`)) ?? '';
  const atNight = operating.slice(
    operating.indexOf('## At 3 a.m.'),
    operating.indexOf('## Looking after it'),
  );

  test.each(alerts)(
    '$alert has a section that its runbook names, and says who wakes',
    ({ alert, labels, annotations }) => {
      expect(annotations.runbook).toBe(`docs/operating.md#${alert.toLowerCase()}`);
      expect(annotations.summary).toMatch(/\.$/);
      expect(['critical', 'warning']).toContain(labels.severity);
      for (const part of ['Symptom', 'Callers hear', 'First', 'Then'])
        expect(section(alert)).toMatch(new RegExp(`^- \\*\\*${part}:\\*\\* \\S`, 'm'));
    },
  );

  test('the commands that it names exist, with these options', () => {
    const commands = [...atNight.matchAll(/`hotline ([a-z][^`]*)`/g)].map(([, words]) => words!.split(' '));
    expect(commands.length).toBeGreaterThan(8);
    const nameOf = (words: string[]) => words.join(' ').split(' --')[0]!;
    for (const [name, uses] of Map.groupBy(commands, nameOf)) {
      const help = [join(checkout, 'src/cli.ts'), ...name.split(' '), '--help'];
      const { stdout } = spawnSync(process.execPath, help, { encoding: 'utf8' });
      expect(stdout).toMatch(new RegExp(`^Usage: hotline ${name}\\b`));
      for (const option of uses.flat().filter((word) => word.startsWith('--')))
        expect(stdout).toContain(option);
    }
  });

  test('log lines are looked for in the file that the unit writes, not in the journal', () => {
    const unit = readFileSync(join(checkout, 'tools/deb/files/hotline.service'), 'utf8');
    const log = /^StandardOutput=append:(.+)$/m.exec(unit)![1]!;
    const searches = [...atNight.matchAll(/`([^`]*\bgrep\b[^`]*)`/g)]
      .map(([, command]) => command!)
      .filter((command) => !/^(hotline|curl) /.test(command)); // what a command writes is searched
    expect(searches.length).toBeGreaterThan(2);
    for (const command of searches) {
      expect(command).not.toMatch(/^journalctl -u hotline\b/);
      expect(command).toContain(` ${log}`);
    }
  });

  test('no section is about an alert that is gone', () => {
    const told = sections.map((text) => text.split('\n', 1)[0]!).filter((name) => /^Hotline[A-Z]/.test(name));
    expect(told.toSorted()).toEqual(names.toSorted());
  });
});

describeWithPromtool('Prometheus', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'hotline-rules-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('takes the rules', () => {
    expect(promtool('check', 'rules', rulesFile)).toMatchObject({ status: 0 });
  });

  /** What fires, as promtool says it; empty: nothing. */
  function run(alert: string, series: Readonly<Record<string, string>>): string {
    const { at, interval = '1m' } = alertCases[alert]!;
    const file = join(folder, 'test.json'); // JSON is YAML
    const input = Object.entries(series).map(([name, values]) => ({ series: name, values }));
    const tests = [
      {
        interval,
        input_series: input,
        alert_rule_test: [{ eval_time: at, alertname: alert, exp_alerts: [] }],
      },
    ];
    writeFileSync(file, JSON.stringify({ rule_files: [rulesFile], evaluation_interval: interval, tests }));
    const { status, output } = promtool('test', 'rules', file);
    return status === 0 ? '' : output;
  }

  test.each(Object.entries(alertCases))(
    '%s fires when it should, and not before',
    (alert, { fires, labels, quiet }) => {
      const told = run(alert, fires);
      const { severity } = alerts.find((each) => each.alert === alert)!.labels;
      for (const [name, value] of Object.entries({ ...labels, severity, alertname: alert }))
        expect(told).toContain(`${name}="${value}"`);
      expect(told).not.toMatch(/<no value>|error/i);
      for (const series of quiet) expect(run(alert, series)).toBe('');
    },
  );
});
