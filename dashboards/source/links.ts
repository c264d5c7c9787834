// Where one gets to from a panel: another dashboard of the set with the same time and the variables as they
// are, some of them set to what was clicked; the exporter's own diagnosis; the runbook; the traces.
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';

import type { Uid } from './frame';

// The builders take links of data and of dashboards as one type; a link of data has these fields only.
export type Link = Builder<dashboard.DashboardLink>;

// Variables that a click can set, and the label that tells their value.
const LABEL_OF = {
  namespace: 'namespace', workload: 'workload', pod: 'pod', upstream: 'upstream',
  service: 'grpc_service', method: 'grpc_method',
};
export type Clicked = keyof typeof LABEL_OF;

// In a table the labels are columns, in a graph they belong to the series.
export type From = 'row' | 'series';

export function clicked(label: string, from: From): string {
  return from === 'row' ? `\${__data.fields.${label}}` : `\${__field.labels.${label}}`;
}

function dataLink(title: string, url: string, targetBlank: boolean): Link {
  return { build: () => ({ title, url, targetBlank }) as dashboard.DashboardLink };
}

// To that dashboard, these of its variables set to what was clicked.
export function drillDown(title: string, uid: Uid, from: From, ...set: Clicked[]): Link {
  const words = set.map((name) => `var-${name}=${clicked(LABEL_OF[name], from)}`);
  return dataLink(title, `/d/${uid}?${words.join('&')}`, false);
}

// Such an address with what it carries along: the time, and each of `names` as it is unless it is set.
export function carrying(address: string, names: string[]): string {
  const [page, set] = address.split('?');
  const kept = names.filter((name) => !set.includes(`var-${name}=`))
    .map((name) => `\${${name}:queryparam}`);
  return `${page}?${['${__url_time_range}', ...kept, set].filter(Boolean).join('&')}`;
}

// The exporter's page with evidence and remedy; its address is the label `instance`.
export function diagnosis(): Link {
  return dataLink('Evidence and remedy, from the exporter',
                  `http://${clicked('instance', 'row')}/diagnosis`, true);
}

export function runbook(): Link {
  return dataLink('Runbook', `\${runbook_base_url}#${clicked('finding', 'row')}`, true);
}

// Jaeger's search for one method. Applications that trace by OpenTelemetry call themselves as their
// workload and the span as service and method; Envoy calls itself workload.namespace and tags the path.
export function traces(): Link[] {
  const search = '${trace_base_url}/search?limit=20&lookback=custom' +
                 '&start=${__from}000&end=${__to}000';
  const row = (label: string) => clicked(label, 'row');
  const name = `${row('grpc_service')}/${row('grpc_method')}`;
  return [
    dataLink('Traces of the application (OpenTelemetry)',
             `${search}&service=${row('workload')}&operation=${name}`, true),
    dataLink('Traces of the sidecar (Envoy)',
             `${search}&service=${row('workload')}.${row('namespace')}` +
             `&tags=%7B%22grpc.path%22%3A%22%2F${name}%22%7D`, true),
  ];
}
