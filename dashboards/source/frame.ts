// What all dashboards of the set have in common: how they open, the list of the others, the marks of firing
// alerts and of renewed certificates, the numbering of the panels.
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';

import type { AnyPanel } from './panels';
import { Scope, select } from './select';
import { DATASOURCE, datasource, variables } from './variables';

export type Uid = 'mesh-overview' | 'mesh-methods' | 'mesh-balance' | 'mesh-pools' |
  'mesh-certificates' | 'mesh-control-plane' | 'mesh-sidecars' | 'mesh-exporter';

const TAG = 'mesh-exporter';
// That of Grafana 10.3: every later one migrates it by itself, an older one cannot migrate back.
const SCHEMA_VERSION = 39;

export interface Row {
  title: string;
  panels: AnyPanel[];
}

export interface Plan {
  uid: Uid;
  title: string;
  description: string;
  scope: Scope;  // of the finest variable
  podsOf?: string;  // the metric whose pods are offered
  upstreamsOf?: string;
  more?: Builder<dashboard.VariableModel>[];  // variables of this one alone
  rows: Row[];
}

export function make(plan: Plan): dashboard.Dashboard {
  const builder = new dashboard.DashboardBuilder(plan.title)
    .uid(plan.uid)
    .description(plan.description)
    .tags([TAG])
    .readonly()
    .timezone('browser')
    .refresh('30s')
    .time({ from: 'now-1h', to: 'now' })
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .link(others());
  const chain = variables(plan.scope, plan.podsOf ?? 'mesh_target_up',
                          plan.upstreamsOf ?? 'mesh_upstream_connections');
  for (const one of [datasource(), ...chain, ...(plan.more ?? [])]) builder.withVariable(one);
  for (const one of marks(plan.scope)) builder.annotation(one);
  for (const row of plan.rows) {
    builder.withRow(new dashboard.RowBuilder(row.title));
    for (const panel of row.panels) builder.withPanel(panel);
  }
  const made = builder.build();
  made.schemaVersion = SCHEMA_VERSION;
  made.panels?.forEach((panel, index) => { panel.id = index + 1; });
  return made;
}

function others(): dashboard.DashboardLinkBuilder {
  return new dashboard.DashboardLinkBuilder('Mesh dashboards')
    .type(dashboard.DashboardLinkType.Dashboards)
    .tags([TAG])
    .asDropdown(true)
    .includeVars(true)
    .keepTime(true);
}

function mark(name: string, expr: string, colour: string): dashboard.AnnotationQueryBuilder {
  const query = new prometheus.DataqueryBuilder().refId('Anno').expr(expr).range();
  return new dashboard.AnnotationQueryBuilder()
    .name(name).datasource(DATASOURCE).enable(true).iconColor(colour)
    .expr(expr).target(query).step('30s');
}

// An alert is a region from its first to its last moment; a renewal stands where it happened, which is
// what its value says.
function marks(scope: Scope): dashboard.AnnotationQueryBuilder[] {
  const alerts = mark('Firing alerts', ALERTS, 'red')
    .titleFormat('{{alertname}}').textFormat('{{severity}} {{namespace}} {{pod}} {{upstream}}')
    .tagKeys('alertname,severity');
  if (scope === 'exporter') return [alerts];
  const renewed = select('pod', 'mesh_certificate_last_rotation_timestamp_seconds', 'role="leaf"');
  const rotations = mark('Certificate rotations', `${renewed} * 1000`, 'blue')
    .titleFormat('Certificate renewed').textFormat('{{certificate}} {{namespace}} {{pod}} {{location}}')
    .tagKeys('source').useValueForTime(true);
  return [alerts, rotations];
}

// Only those of this project, whose names all begin so.
const ALERTS = 'ALERTS{alertstate="firing", alertname=~"Mesh.*"}';
