// Two kinds of panels that Grafana's component library does not have, drawn here in their likeness from
// frames that Grafana's code made: a state timeline and a heatmap.
import { DataFrame, Field, GrafanaTheme2, getFieldDisplayName } from '@grafana/data';
import React from 'react';

interface Drawing {
  frames: DataFrame[];
  width: number;
  height: number;
  theme: GrafanaTheme2;
}

const NAMES = 0.3;  // of the width

interface Stretch {
  begin: number;
  end: number;
  value: number | null;
}

// Neighbours with the same value as one.
function stretches(values: (number | null)[]): Stretch[] {
  const found: Stretch[] = [];
  values.forEach((value, index) => {
    const last = found[found.length - 1];
    if (last && last.value === value) last.end = index + 1;
    else found.push({ begin: index, end: index + 1, value });
  });
  return found;
}

export function StateTimeline({ frames, width, height, theme }: Drawing) {
  const rows = frames.map((frame) => [frame, frame.fields[1]] as const);
  const each = Math.min(26, height / rows.length);
  const step = (width * (1 - NAMES)) / Math.max(1, ...frames.map((frame) => frame.length));
  return (
    <svg width={width} height={height} fontSize={Math.min(11, each * 0.7)}>
      {rows.map(([frame, field], row) => (
        <g key={row} transform={`translate(0 ${row * each})`}>
          <text x={width * NAMES - 6} y={each * 0.65} textAnchor="end" fill={theme.colors.text.primary}>
            {getFieldDisplayName(field, frame, frames)}
          </text>
          {stretches(field.values).filter((one) => one.value !== null).map((one) => (
            <Bar key={one.begin} one={one} field={field} step={step} left={width * NAMES} each={each} />
          ))}
        </g>
      ))}
    </svg>
  );
}

function Bar({ one, field, step, left, each }: {
  one: Stretch; field: Field; step: number; left: number; each: number;
}) {
  const shown = field.display!(one.value);
  const width = (one.end - one.begin) * step;
  return (
    <g className="drawn">
      <rect x={left + one.begin * step} width={width} height={each * 0.85} fill={shown.color} rx={2} />
      {width > shown.text.length * 6 && (
        <text x={left + one.begin * step + 4} y={each * 0.65} fill="#111">{shown.text}</text>
      )}
    </g>
  );
}

function nameOf(field: Field, bound: number): string {
  const { text, suffix = '' } = field.display!(bound);
  return bound === Infinity ? '∞' : text + suffix;
}

// Buckets hold all calls up to their bound; a cell is what came on top of the one below.
export function Heatmap({ frames, width, height, theme }: Drawing) {
  const bound = (frame: DataFrame) => Number(frame.fields[1].labels?.le.replace('+Inf', 'Infinity'));
  const rising = [...frames].sort((a, b) => bound(a) - bound(b));
  const cells = rising.map((frame, row) => frame.fields[1].values.map((value: number | null, at) => (
    Math.max(0, (value ?? 0) - (row ? rising[row - 1].fields[1].values[at] ?? 0 : 0)))));
  const most = Math.max(...cells.flat(), 1e-9);
  const each = height / rising.length;
  const step = (width - 60) / Math.max(1, rising[0]?.length ?? 1);
  return (
    <svg width={width} height={height} fontSize={10}>
      {cells.map((row, index) => (
        <g key={index} transform={`translate(0 ${height - (index + 1) * each})`}>
          <text x={54} y={each * 0.8} textAnchor="end" fill={theme.colors.text.secondary}>
            {nameOf(rising[index].fields[1], bound(rising[index]))}
          </text>
          {row.map((value, at) => value > 0 && (
            <rect key={at} className="drawn" x={60 + at * step} width={step + 0.5} height={each - 1}
                  fill="#ff7f0e" opacity={0.1 + 0.9 * (value / most)} />
          ))}
        </g>
      ))}
    </svg>
  );
}
