import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const rulesFile = join(import.meta.dirname, '../../deploy/prometheus/hotline.rules.yml');

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

interface Recorded {
  readonly record: string;
  readonly expr: string;
}

const { groups } = parse(readFileSync(rulesFile, 'utf8')) as {
  groups: { rules: (Alert | Recorded)[] }[];
};

export const rules = groups.flatMap((group) => group.rules);
export const alerts = rules.filter((rule) => 'alert' in rule);
/** Names that rules give to what they compute. */
export const recorded = rules.flatMap((rule) => ('record' in rule ? [rule.record] : []));
