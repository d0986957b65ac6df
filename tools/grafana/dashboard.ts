/** The dashboard, from what it shows (panels.ts), as Grafana imports it. */
import {
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  LegendDisplayMode,
  LegendPlacement,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { format } from 'prettier';
import { rows, type Panel } from './panels.ts';

const datasource = { type: 'prometheus', uid: '${datasource}' };

/** Its JSON, as it stands in deploy/grafana/. */
export async function dashboardText(): Promise<string> {
  const dashboard = new DashboardBuilder('Hotline')
    .uid('hotline')
    .description(
      'Calls, what callers wait for, and what calls need. What to do at an alert: docs/operating.md',
    )
    .tags(['hotline'])
    .timezone('Asia/Ho_Chi_Minh')
    .time({ from: 'now-6h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .withVariable(
      new QueryVariableBuilder('instance')
        .label('Machine')
        .datasource(datasource)
        .query('label_values(hotline_build_info, instance)')
        .multi(true)
        .includeAll(true)
        .allValue('.*'),
    );
  for (const { title, panels } of rows) {
    dashboard.withRow(new RowBuilder(title));
    for (const panel of panels) dashboard.withPanel(panelOf(panel));
  }
  return format(JSON.stringify(dashboard.build()), { parser: 'json', printWidth: 110 });
}

function panelOf({ title, description, unit, stacked, queries }: Panel): PanelBuilder {
  const panel = new PanelBuilder()
    .title(title)
    .description(description)
    .unit(unit)
    .min(0)
    .datasource(datasource)
    .span(6)
    .height(8)
    .fillOpacity(stacked === undefined ? 0 : 30)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
  if (stacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  Object.entries(queries).forEach(([legend, expression], index) =>
    panel.withTarget(
      new DataqueryBuilder()
        .refId(String.fromCharCode('A'.charCodeAt(0) + index))
        .expr(expression)
        .legendFormat(legend)
        .datasource(datasource),
    ),
  );
  return panel;
}
