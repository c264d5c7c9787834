// The two kinds of panels whose drawing Grafana keeps in its server's code: a state timeline and a heatmap. As
// there, uPlot draws them, set up by the builder of Grafana's component library, with its axes and fonts; only
// which box stands where is said here, and `data-boxes` tells how many were drawn.
import { DataFrame, Field, GrafanaTheme2, TimeRange, getFieldDisplayName } from '@grafana/data';
import { AxisPlacement, ScaleDirection, ScaleOrientation } from '@grafana/schema';
import { UPlotChart, UPlotConfigBuilder } from '@grafana/ui';
import React, { useMemo } from 'react';
import type uPlot from 'uplot';

interface Drawing {
  panel: any;
  frames: DataFrame[];
  width: number;
  height: number;
  theme: GrafanaTheme2;
  timeRange: TimeRange;
}

// Something from one time to another, in a row counted from the top.
interface Box {
  row: number;
  begin: number;
  end: number;
  color: string;
  text: string;
}

const WIDEST_NAME = 0.35;  // of the width
const WIDTH_OF_A_LETTER = 7;
const LEAST_LINE = 11;  // of names one below the other
const TIMES = 40;  // what the axis below takes

function paint(plot: uPlot, boxes: Box[], filled: number) {
  const { ctx } = plot;
  const unit = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height);
  ctx.clip();
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  for (const { row, begin, end, color, text } of boxes) {
    const left = plot.valToPos(begin, 'x', true);
    const width = plot.valToPos(end, 'x', true) - left;
    const middle = plot.valToPos(row + 0.5, 'y', true);
    const height = Math.abs(plot.valToPos(1, 'y', true) - plot.valToPos(0, 'y', true)) * filled;
    ctx.fillStyle = color;
    ctx.fillRect(left, middle - height / 2, Math.max(unit, width - unit), height);
    ctx.font = `${Math.min(12 * unit, height * 0.8)}px sans-serif`;
    if (text && ctx.measureText(text).width < width - 8 * unit) {
      ctx.fillStyle = '#fff';
      ctx.fillText(text, left + 5 * unit, middle);
    }
  }
  ctx.restore();
  plot.root.dataset.boxes = String(boxes.length);
}

// Rows with these names, the first on top, over the time of the dashboard.
function Rows({ names, boxes, filled, width, height, theme, timeRange }: Omit<Drawing, 'panel' | 'frames'> & {
  names: string[]; boxes: Box[]; filled: number;
}) {
  const config = useMemo(() => {
    const made = new UPlotConfigBuilder('utc');
    const seconds: [number, number] = [timeRange.from.valueOf(), timeRange.to.valueOf()];
    made.addScale({ scaleKey: 'x', isTime: true, orientation: ScaleOrientation.Horizontal,
                    direction: ScaleDirection.Right, range: () => seconds });
    made.addScale({ scaleKey: 'y', isTime: false, orientation: ScaleOrientation.Vertical,
                    direction: ScaleDirection.Down, range: () => [0, names.length] });
    made.addAxis({ scaleKey: 'x', isTime: true, placement: AxisPlacement.Bottom, timeZone: 'utc', theme });
    // Where not all have room, every second or third has.
    const every = Math.ceil(names.length * LEAST_LINE / (height - TIMES));
    const widest = Math.max(...names.map((name) => name.length)) * WIDTH_OF_A_LETTER + 16;
    made.addAxis({ scaleKey: 'y', placement: AxisPlacement.Left, theme, grid: { show: false }, ticks: { show: false },
                   size: Math.min(widest, width * WIDEST_NAME), splits: names.map((_, row) => row + 0.5),
                   values: () => names.map((name, row) => (row % every ? '' : name)), space: 1 });
    made.addSeries({ scaleKey: 'y', theme, pxAlign: true, pathBuilder: () => null } as never);
    made.addHook('draw', (plot) => paint(plot, boxes, filled));
    return made;
  }, [names, boxes, filled, width, height, theme, timeRange]);
  const ends = [timeRange.from.valueOf(), timeRange.to.valueOf()];
  return <UPlotChart data={[ends, ends.map(() => null)]} width={width} height={height} config={config} />;
}

// Neighbours that look alike as one box, if the panel says so.
function stretches(panel: any, row: number, times: number[], field: Field, until: number): Box[] {
  const found: Box[] = [];
  times.forEach((begin, at) => {
    if (field.values[at] === null) return;
    const end = times[at + 1] ?? until;
    const { text, color } = field.display!(field.values[at]);
    const last = found[found.length - 1];
    if (panel.options.mergeValues && last?.end === begin && last.text === text) last.end = end;
    else found.push({ row, begin, end, text, color: color! });
  });
  return found;
}

// The first page of it.
export function StateTimeline({ panel, frames, ...rest }: Drawing) {
  const shown = frames.slice(0, panel.options.perPage);
  const boxes = shown.flatMap((frame, row) => (
    stretches(panel, row, frame.fields[0].values, frame.fields[1], rest.timeRange.to.valueOf())));
  const names = shown.map((frame) => getFieldDisplayName(frame.fields[1], frame, frames));
  return <Rows {...rest} names={names} boxes={boxes} filled={panel.options.rowHeight} />;
}

function nameOf(field: Field, bound: number): string {
  const { text, suffix = '' } = field.display!(bound);
  return bound === Infinity ? '+Inf' : text + suffix;
}

// Buckets hold all calls up to their bound; a cell is what came on top of the one below.
export function Heatmap({ frames, theme, ...rest }: Drawing) {
  const bound = (frame: DataFrame) => Number(frame.fields[1].labels?.le.replace('+Inf', 'Infinity'));
  const falling = [...frames].sort((a, b) => bound(b) - bound(a));
  const cells = falling.map((frame, row) => frame.fields[1].values.map((value: number | null, at) => (
    Math.max(0, (value ?? 0) - (falling[row + 1]?.fields[1].values[at] ?? 0)))));
  const most = Math.max(...cells.flat());
  const times = falling[0].fields[0].values;
  const boxes = cells.flatMap((row, index) => row.flatMap((value, at) => (value > 1e-9 ? [{
    row: index, begin: times[at], end: times[at + 1] ?? rest.timeRange.to.valueOf(), text: '',
    color: theme.visualization.getColorByName('dark-orange') + opacity(value / most) }] : [])));
  const names = falling.map((frame) => nameOf(frame.fields[1], bound(frame)));
  return <Rows {...rest} theme={theme} names={names} boxes={boxes} filled={0.95} />;
}

// The last two digits of a colour.
function opacity(share: number): string {
  return Math.round(40 + 215 * share).toString(16).padStart(2, '0');
}
