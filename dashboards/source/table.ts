// Tables: a row per series as it is now, with named columns in an order of our own; several queries become
// one row wherever their labels are the same.
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as tablePanel from '@grafana/grafana-foundation-sdk/table';

import type { Link } from './links';
import { Steps, Word, thresholds, words } from './looks';
import { AnyPanel, Panel, describe, refId } from './panels';

// A label of the queries, or the value of one of them (its index).
export interface Column {
  of: string | number;
  title: string;
  unit?: string;  // without it a text
  decimals?: number;
  min?: number;
  max?: number;
  steps?: Steps;  // colour the text of the cell
  words?: Word[];
  links?: Link[];
  width?: number;
}

export interface Table extends Panel {
  columns: Column[];
  sortBy?: string;  // title of a column; descending unless `ascending`
  ascending?: boolean;
}

export function table(panel: Table): AnyPanel {
  const made = new tablePanel.PanelBuilder()
    .cellHeight(common.TableCellHeight.Sm)
    .filterable(true);
  describe(made, panel, 'table', 24, 9);
  const field = (column: Column) => fieldOf(column, panel.queries.length);
  made.withTransformation({ id: 'merge', options: {} });
  made.withTransformation({
    id: 'organize',
    options: {
      excludeByName: { Time: true },
      indexByName: Object.fromEntries(panel.columns.map((one, index) => [field(one), index])),
      renameByName: Object.fromEntries(panel.columns.map((one) => [field(one), one.title])),
    },
  });
  for (const column of panel.columns) made.overrideByName(field(column), properties(column));
  if (panel.sortBy) {
    made.sortBy([new common.TableSortByFieldStateBuilder()
      .displayName(panel.sortBy).desc(!panel.ascending)]);
  }
  return made;
}

// As Grafana names the fields of Prometheus' tables.
function fieldOf(column: Column, queries: number): string {
  if (typeof column.of === 'string') return column.of;
  return queries === 1 ? 'Value' : `Value #${refId(column.of)}`;
}

function properties(column: Column): dashboard.DynamicConfigValue[] {
  const made: dashboard.DynamicConfigValue[] = [{ id: 'unit', value: column.unit ?? 'string' }];
  const add = (id: string, value: unknown) => {
    if (value !== undefined) made.push({ id, value });
  };
  add('decimals', column.decimals);
  add('min', column.min);
  add('max', column.max);
  add('custom.width', column.width);
  add('mappings', column.words && words(...column.words));
  add('links', column.links?.map((link) => link.build()));
  if (column.steps) {
    add('thresholds', thresholds(column.steps).build());
    add('color', { mode: dashboard.FieldColorModeId.Thresholds });
  }
  if (column.steps || column.words) {
    add('custom.cellOptions', { type: common.TableCellDisplayMode.ColorText });
  }
  return made;
}
