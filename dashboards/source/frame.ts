// What all dashboards of the set have in common: how they open, the list of the others, the marks of firing
// alerts and of renewed certificates, the numbering of the panels.
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';

import { carrying } from './links';
import type { AnyPanel } from './panels';
import { Scope, coarser, namesWithin, select } from './select';
import { DATASOURCE, datasource, seenBy, variables } from './variables';

// The set, and of each the scope of its finest variable.
const SCOPE_OF = {
  'mesh-overview': 'pod', 'mesh-methods': 'method', 'mesh-balance': 'upstream',
  'mesh-pools': 'upstream', 'mesh-certificates': 'pod', 'mesh-control-plane': 'pod',
  'mesh-sidecars': 'pod', 'mesh-exporter': 'pod', 'mesh-grpc-servers': 'pod',
} as const satisfies Record<string, Scope>;
export type Uid = keyof typeof SCOPE_OF;

// Those that show calls, and so have the variable that says whose count of them.
const SHOW_CALLS: Uid[] = ['mesh-overview', 'mesh-methods', 'mesh-balance'];

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
  const chain = variables(SCOPE_OF[plan.uid], plan.podsOf ?? 'mesh_target_up',
                          plan.upstreamsOf ?? 'mesh_upstream_connections');
  const more = [...(SHOW_CALLS.includes(plan.uid) ? [seenBy()] : []), ...(plan.more ?? [])];
  for (const one of [datasource(), ...chain, ...more]) builder.withVariable(one);
  for (const one of marks()) builder.annotation(one);
  for (const row of plan.rows) {
    builder.withRow(new dashboard.RowBuilder(row.title));
    for (const panel of row.panels) builder.withPanel(panel);
  }
  const made = builder.build();
  made.schemaVersion = SCHEMA_VERSION;
  made.panels?.forEach((panel, index) => { panel.id = index + 1; });
  return finished(made, plan.uid);
}

// With all links carrying what they should; and with links and annotations in plain sight: the builders
// put them into a menu that newer versions of Grafana fold away.
function finished(made: dashboard.Dashboard, uid: Uid): dashboard.Dashboard {
  return JSON.parse(JSON.stringify(made, (key, value) => {
    if (value === dashboard.DashboardLinkPlacement.InControlsMenu) return undefined;
    if (key !== 'url' || !value.startsWith('/d/')) return value;
    const target = value.slice('/d/'.length).split('?')[0] as Uid;
    const bothShowCalls = SHOW_CALLS.includes(uid) && SHOW_CALLS.includes(target);
    return carrying(value, ['datasource', ...namesWithin(coarser(SCOPE_OF[uid], SCOPE_OF[target])),
                            ...(bothShowCalls ? ['seen_by'] : [])]);
  }));
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
function marks(): dashboard.AnnotationQueryBuilder[] {
  const alerts = mark('Firing alerts', ALERTS, 'red')
    .titleFormat('{{alertname}}').textFormat('{{severity}} {{namespace}} {{pod}} {{upstream}}')
    .tagKeys('alertname,severity');
  const renewed = select('pod', 'mesh_certificate_last_rotation_timestamp_seconds', 'role="leaf"');
  const rotations = mark('Certificate rotations', `${renewed} * 1000`, 'blue')
    .titleFormat('Certificate renewed').textFormat('{{certificate}} {{namespace}} {{pod}} {{location}}')
    .tagKeys('source').useValueForTime(true);
  return [alerts, rotations];
}

// Only those of this project, whose names all begin so.
const ALERTS = 'ALERTS{alertstate="firing", alertname=~"Mesh.*"}';
