// The kinds of panels that the dashboards are made of, each with what all of its kind have in common. Title,
// description and unit have no defaults: a panel without them does not compile.
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as heatmapPanel from '@grafana/grafana-foundation-sdk/heatmap';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as statPanel from '@grafana/grafana-foundation-sdk/stat';
import * as timelinePanel from '@grafana/grafana-foundation-sdk/statetimeline';
import * as graphPanel from '@grafana/grafana-foundation-sdk/timeseries';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';

import type { Link } from './links';
import { Steps, Word, thresholds, words } from './looks';
import { DATASOURCE } from './variables';

export type AnyPanel = Builder<dashboard.Panel>;

export interface Query {
  expr: string;
  legend?: string;
}

export interface Panel {
  title: string;
  description: string;
  unit: string;  // an id of Grafana's
  queries: Query[];
  width?: number;  // of 24 columns
  height?: number;
  min?: number;
  max?: number;
  decimals?: number;
  steps?: Steps;
  words?: Word[];  // what the numbers 0, 1, 2, … mean
  links?: Link[];
  empty?: string;  // what stands there when there is nothing, and that is good
}

// What the builders of all kinds of panels can be told.
interface Common {
  title(title: string): unknown;
  description(description: string): unknown;
  datasource(datasource: common.DataSourceRef): unknown;
  unit(unit: string): unknown;
  span(columns: number): unknown;
  height(height: number): unknown;
  targets(targets: Builder<prometheus.Dataquery>[]): unknown;
  min(value: number): unknown;
  max(value: number): unknown;
  decimals(digits: number): unknown;
  thresholds(steps: Builder<dashboard.ThresholdsConfig>): unknown;
  colorScheme(color: Builder<dashboard.FieldColor>): unknown;
  mappings(mappings: dashboard.ValueMapping[]): unknown;
  dataLinks(links: Link[]): unknown;
  noValue(text: string): unknown;
}

const REF_IDS = 'ABCDEFGHIJ';
export const refId = (index: number): string => REF_IDS[index];

export type Format = 'graph' | 'instant' | 'table' | 'heatmap';

function target(query: Query, index: number, format: Format): prometheus.DataqueryBuilder {
  const made = new prometheus.DataqueryBuilder()
    .refId(refId(index)).datasource(DATASOURCE).expr(query.expr);
  if (query.legend !== undefined) made.legendFormat(query.legend);
  if (format === 'table') made.format(prometheus.PromQueryFormat.Table);
  if (format === 'heatmap') made.format(prometheus.PromQueryFormat.Heatmap);
  return format === 'graph' || format === 'heatmap' ? made.range() : made.instant();
}

// Tells `made` what every kind of panel is told alike.
export function describe(made: Common, panel: Panel, format: Format, width: number, height: number):
    void {
  made.title(panel.title);
  made.description(panel.description);
  made.datasource(DATASOURCE);
  made.unit(panel.unit);
  made.span(panel.width ?? width);
  made.height(panel.height ?? height);
  made.targets(panel.queries.map((query, index) => target(query, index, format)));
  if (panel.min !== undefined) made.min(panel.min);
  if (panel.max !== undefined) made.max(panel.max);
  if (panel.decimals !== undefined) made.decimals(panel.decimals);
  if (panel.words) made.mappings(words(...panel.words));
  if (panel.links) made.dataLinks(panel.links);
  if (panel.empty) made.noValue(panel.empty);
  if (panel.steps) {
    made.thresholds(thresholds(panel.steps));
    made.colorScheme(colour(dashboard.FieldColorModeId.Thresholds));
  }
}

export function colour(mode: dashboard.FieldColorModeId): dashboard.FieldColorBuilder {
  return new dashboard.FieldColorBuilder().mode(mode);
}

// One number each, as it is now. Without steps of its own in one colour: Grafana's would be red from 80.
export function stat(panel: Panel): AnyPanel {
  const made = new statPanel.PanelBuilder()
    .graphMode(common.BigValueGraphMode.None)
    .colorMode(common.BigValueColorMode.Value)
    .textMode(common.BigValueTextMode.Auto)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']));
  describe(made, { steps: [[null, 'text']], ...panel }, 'instant', 4, 4);
  return made;
}

// Lines over time. `stacked` lines add up to what is above them. Thresholds are drawn as dashed lines.
// The axis reaches `upTo` at least.
export function graph(panel: Panel & { stacked?: boolean; upTo?: number }): AnyPanel {
  const { steps, ...plain } = panel;
  const made = new graphPanel.PanelBuilder()
    .colorScheme(colour(dashboard.FieldColorModeId.PaletteClassic))
    .lineWidth(1)
    .fillOpacity(panel.stacked ? 60 : 0)
    .showPoints(common.VisibilityMode.Auto)
    .legend(new common.VizLegendOptionsBuilder()
      .displayMode(common.LegendDisplayMode.Table).placement(common.LegendPlacement.Bottom)
      .showLegend(true).calcs(['lastNotNull', 'max']))
    .tooltip(new common.VizTooltipOptionsBuilder()
      .mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending));
  if (panel.stacked) {
    made.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal));
  }
  if (panel.upTo !== undefined) made.axisSoftMax(panel.upTo);
  describe(made, plain, 'graph', 12, 8);
  if (steps) {
    made.thresholds(thresholds(steps));
    made.thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder()
      .mode(common.GraphThresholdsStyleMode.Dashed));
  }
  return made;
}

// A bar per series whose words change over time. Needs `words`.
export function timeline(panel: Panel & { words: Word[] }): AnyPanel {
  const made = new timelinePanel.PanelBuilder()
    .colorScheme(colour(dashboard.FieldColorModeId.Thresholds))
    .showValue(common.VisibilityMode.Auto)
    .mergeValues(true)
    .rowHeight(0.8)
    .legend(new common.VizLegendOptionsBuilder()
      .displayMode(common.LegendDisplayMode.List).placement(common.LegendPlacement.Bottom)
      .showLegend(true));
  describe(made, panel, 'graph', 24, 8);
  return made;
}

// How many calls fell into which bucket when. Takes the buckets of a histogram by `le`.
export function heatmap(panel: Panel): AnyPanel {
  const made = new heatmapPanel.PanelBuilder()
    .calculate(false)
    .color(new heatmapPanel.HeatmapColorOptionsBuilder()
      .mode(heatmapPanel.HeatmapColorMode.Scheme).scheme('Oranges').steps(64))
    .yAxis(new heatmapPanel.YAxisConfigBuilder().unit(panel.unit))
    .cellValues(new heatmapPanel.CellValuesBuilder().unit('reqps'))
    .tooltip(new heatmapPanel.HeatmapTooltipBuilder()
      .mode(common.TooltipDisplayMode.Single).yHistogram(true).showColorScale(true));
  describe(made, panel, 'heatmap', 24, 8);
  return made;
}
