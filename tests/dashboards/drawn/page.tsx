// A page that shows one dashboard as it was recorded, with the component code of Grafana (@grafana/ui), which
// is not a Grafana server: graphs, tiles, tables and frames are Grafana's; for two kinds strips.tsx tells uPlot, on
// which Grafana draws, what to draw.
import {
  DataFrame, FieldType, GrafanaTheme2, ThemeContext, createTheme, dateTime, getDisplayProcessor,
} from '@grafana/data';
import { LegendDisplayMode } from '@grafana/schema';
import { BigValue, GlobalStyles, PanelChrome, Table, TimeSeries } from '@grafana/ui';
import React, { Component, ReactNode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';

import { Answer, framesOf } from './frames';
import { Heatmap, StateTimeline } from './strips';

declare const RECORDED: {
  dashboard: any; answers: Record<string, Answer[]>; from: number; to: number;
};

const WIDTH = 1600;
const CELL = WIDTH / 24;
const LINE = 38;
const GAP = 8;
const timeRange = { from: dateTime(RECORDED.from * 1000), to: dateTime(RECORDED.to * 1000),
                    raw: { from: 'now-1m', to: 'now' } };
const theme = createTheme({ colors: { mode: 'dark' } });

interface Inside {
  panel: any;
  frames: DataFrame[];
  width: number;
  height: number;
}

function Tiles({ panel, frames, width, height }: Inside) {
  const fields = frames.flatMap((frame) => frame.fields)
    .filter((one) => one.type === FieldType.number);
  return (
    <div style={{ display: 'flex' }}>
      {fields.map((field, index) => {
        const display = field.display ?? getDisplayProcessor({ field, theme });
        return (
          <div className="drawn" key={index}>
            <BigValue theme={theme} colorMode={panel.options.colorMode} width={width / fields.length} height={height}
                      value={display(field.values[field.values.length - 1])} />
          </div>
        );
      })}
    </div>
  );
}

function Graph({ panel, frames, width, height }: Inside) {
  return (
    <div className="drawn">
      <TimeSeries width={width} height={height} frames={frames} structureRev={1} timeZone="utc"
                  legend={{ ...panel.options.legend, displayMode: LegendDisplayMode.List }}
                  timeRange={timeRange} />
    </div>
  );
}

function Rows({ panel, frames, width, height }: Inside) {
  const by = panel.options.sortBy?.[0];
  const sorted = by && [{ displayName: by.displayName, desc: by.desc }];
  return (
    <div className="drawn">
      <Table width={width} height={height} data={frames[0]} initialSortBy={sorted} />
    </div>
  );
}

const KINDS: Record<string, (inside: Inside) => ReactNode> = {
  stat: Tiles,
  timeseries: Graph,
  table: Rows,
  'state-timeline': (inside) => <StateTimeline {...inside} theme={theme} timeRange={timeRange} />,
  heatmap: (inside) => <Heatmap {...inside} theme={theme} timeRange={timeRange} />,
};

// What went wrong stands where the panel would be.
class Guard extends Component<{ children: ReactNode }, { error?: Error }> {
  state: { error?: Error } = {};
  static getDerivedStateFromError(error: Error) {
    return { error };
  }
  render() {
    return this.state.error ? <pre className="failed">{String(this.state.error)}</pre>
                            : this.props.children;
  }
}

function PanelBox({ panel }: { panel: any }) {
  const [frames, setFrames] = useState<DataFrame[]>();
  const [error, setError] = useState<unknown>();
  const { x, y, w, h } = panel.gridPos;
  useEffect(() => {
    framesOf(panel, RECORDED.answers[panel.id], theme, RECORDED.from, RECORDED.to)
      .then(setFrames, setError);
  }, [panel]);
  const Kind = KINDS[panel.type];
  return (
    <div className="panel" data-title={panel.title}
         style={{ position: 'absolute', left: x * CELL, top: y * LINE }}>
      <PanelChrome title={panel.title} description={panel.description} width={w * CELL - GAP}
                   height={h * LINE - GAP}>
        {(width, height) => (
          <Guard>
            {error !== undefined && <pre className="failed">{String(error)}</pre>}
            {frames && <Kind panel={panel} frames={frames} width={width} height={height} />}
          </Guard>
        )}
      </PanelChrome>
    </div>
  );
}

function Page({ dashboard }: { dashboard: any }) {
  return (
    <div style={{ position: 'relative', width: WIDTH, fontFamily: theme.typography.fontFamily,
                  fontSize: 14, color: theme.colors.text.primary }}>
      {dashboard.panels.map((panel: any) => (panel.type === 'row' ? (
        <h2 key={panel.id} style={{ position: 'absolute', top: panel.gridPos.y * LINE + 4, margin: 0,
                                    fontSize: 18, fontWeight: 500 }}>
          {panel.title}
        </h2>
      ) : <PanelBox key={panel.id} panel={panel} />))}
    </div>
  );
}

document.body.style.background = theme.colors.background.canvas;
createRoot(document.getElementById('page')!).render(
  <ThemeContext.Provider value={theme as GrafanaTheme2}>
    <GlobalStyles isExtensionSidebarOpen={false} />
    <Page dashboard={RECORDED.dashboard} />
  </ThemeContext.Provider>);
