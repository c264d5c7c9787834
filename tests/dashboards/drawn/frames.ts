// From Prometheus' answers to what Grafana's components draw: data frames, with the fieldConfig of the
// panel applied and its transformations made by Grafana's own code.
import {
  DataFrame, Field, FieldConfigPropertyItem, FieldConfigOptionsRegistry, FieldType, GrafanaTheme2,
  applyFieldOverrides, identityOverrideProcessor, standardTransformers,
  standardTransformersRegistry, transformDataFrame,
} from '@grafana/data';
import { firstValueFrom } from 'rxjs';

export interface Series {
  metric: Record<string, string>;
  values?: [number, string][];
  value?: [number, string];
}

// What was recorded of one target.
export interface Answer {
  refId: string;
  legendFormat?: string;
  format?: string;
  result: Series[];
}

// The settings that this panel makes, each taken as it stands; Grafana's server has a list of all.
function settingsOf(panel: any): FieldConfigOptionsRegistry {
  const { defaults: { custom = {}, ...defaults }, overrides } = panel.fieldConfig;
  const ids = new Set<string>(['color', 'thresholds', ...Object.keys(defaults)]);
  for (const name of Object.keys(custom)) ids.add(`custom.${name}`);
  for (const one of overrides.flatMap((override: any) => override.properties)) ids.add(one.id);
  return new FieldConfigOptionsRegistry(() => [...ids].map((id) => ({
    id, path: id.replace('custom.', ''), name: id, isCustom: id.startsWith('custom.'),
    process: identityOverrideProcessor, shouldApply: () => true, override: () => null,
    editor: () => null,
  }) as unknown as FieldConfigPropertyItem));
}

const TRANSFORMERS = [standardTransformers.mergeTransformer, standardTransformers.organizeFieldsTransformer];
standardTransformersRegistry.setInit(() => TRANSFORMERS.map((one) => ({
  id: one.id, name: one.name, transformation: async () => one, editor: () => null, imageDark: '', imageLight: '',
}) as never));

const number = (text: string): number => (text === '+Inf' ? Infinity : Number(text));

function named(answer: Answer, metric: Record<string, string>): string {
  return (answer.legendFormat ?? '').replace(/\{\{(\w+)\}\}/g, (_, label) => metric[label] ?? '').trim();
}

// What every kind of panel takes where nothing is said.
function withDefaults(fieldConfig: any): any {
  const base = { mode: 'absolute', steps: [{ value: null, color: 'text' }] };
  return { ...fieldConfig, defaults: { color: { mode: 'thresholds' }, thresholds: base,
                                       ...fieldConfig.defaults } };
}

// All seconds, those without an answer too: a gap must be seen as one.
function steps(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, second) => from + second);
}

// A frame of time and value for each series.
function graph(answer: Answer, from: number, to: number): DataFrame[] {
  return answer.result.map((series) => {
    const at = new Map((series.values ?? []).map(([time, value]) => [Math.round(time), value]));
    const times = series.value ? [series.value[0]] : steps(from, to);
    const values = series.value ? [number(series.value[1])]
      : times.map((time) => (at.has(time) ? number(at.get(time)!) : null));
    return {
      refId: answer.refId, length: values.length, fields: [
        { name: 'Time', type: FieldType.time, config: {},
          values: times.map((time) => time * 1000) },
        { name: 'Value', type: FieldType.number, values, labels: series.metric,
          config: { displayNameFromDS: named(answer, series.metric) || undefined } },
      ],
    };
  });
}

// One frame with a row for each series and a column for each label.
function table(answer: Answer, alone: boolean): DataFrame {
  const labels = [...new Set(answer.result.flatMap((series) => Object.keys(series.metric)))].sort();
  const fields: Field[] = [
    { name: 'Time', type: FieldType.time, config: {},
      values: answer.result.map((series) => series.value![0] * 1000) },
    ...labels.map((label) => ({
      name: label, type: FieldType.string, config: { filterable: true },
      values: answer.result.map((series) => series.metric[label] ?? '') })),
    { name: alone ? 'Value' : `Value #${answer.refId}`, type: FieldType.number, config: {},
      values: answer.result.map((series) => number(series.value![1])) },
  ];
  return { refId: answer.refId, length: answer.result.length, fields };
}

export async function framesOf(panel: any, answers: Answer[], theme: GrafanaTheme2, from: number,
                               to: number): Promise<DataFrame[]> {
  const made = answers.flatMap((answer) => (answer.format === 'table'
    ? [table(answer, answers.length === 1)] : graph(answer, from, to)));
  const shaped = await firstValueFrom(transformDataFrame(panel.transformations ?? [], made));
  return applyFieldOverrides({
    data: shaped, fieldConfig: withDefaults(panel.fieldConfig), fieldConfigRegistry: settingsOf(panel),
    theme, replaceVariables: (text) => text, timeZone: 'utc',
  });
}
