/** Every expression of the dashboard and of the rules, and the metrics in them. */
import { parser } from '@prometheus-io/lezer-promql';
import { rows } from '../../tools/grafana/panels.ts';
import { rules } from './rules.ts';

/** By where it stands. */
export const expressions: readonly (readonly [place: string, expression: string])[] = [
  ...rows.flatMap(({ panels }) =>
    panels.flatMap(({ title, queries }) =>
      Object.entries(queries).map(([legend, query]) => [`${title}: ${legend}`, query] as const),
    ),
  ),
  ...rules.map((rule) => ['alert' in rule ? rule.alert : rule.record, rule.expr] as const),
];

/** What Prometheus itself adds to what it reads. */
export const itsOwn = ['up'];

/** The metrics that an expression names. @throws Error if it is no PromQL */
export function metricsIn(expression: string): string[] {
  const text = expression.replaceAll('$__rate_interval', '5m'); // Grafana fills it in
  const names: string[] = [];
  parser.parse(text).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) throw new Error(`no PromQL at ${from}: ${text}`);
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector')
        names.push(text.slice(from, to));
    },
  });
  return names;
}

/** The names of the samples that `/metrics` can have, also of those that have not been counted yet. */
export function namesIn(answer: string): ReadonlySet<string> {
  return new Set(
    [...answer.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
      type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name],
    ),
  );
}
