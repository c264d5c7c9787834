// The variables of the dashboards. Each is fed by the exporter's own metrics and narrowed by those before
// it; a label that nobody told is empty, which "All" must match, too: hence `.*`. The names are the same
// on every dashboard, so that links carry them along.
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';

import { APPLICATIONS, SIDECARS } from './constants';
import { Scope, counted, select } from './select';

export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

const ALL = { selected: true, text: ['All'], value: ['$__all'] };

// Values of `label` among the series of `selector`.
function values(name: string, title: string, selector: string, label: string, about: string,
                allValue = '.*'): dashboard.QueryVariableBuilder {
  const query = `label_values(${selector}, ${label})`;
  return new dashboard.QueryVariableBuilder(name)
    .label(title)
    .description(about)
    .datasource(DATASOURCE)
    .query(query)
    .definition(query)
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.AlphabeticalCaseInsensitiveAsc)
    .multi(true)
    .includeAll(true)
    .allValue(allValue)
    .current(ALL);
}

// The metrics that say what there is: which exporters, which pods, which upstreams, which methods.
const EXPORTERS = 'mesh_exporter_build_info';
const METHODS = 'mesh_grpc_requests_total';

function exporters(): dashboard.QueryVariableBuilder[] {
  return [
    values('cluster', 'Cluster', EXPORTERS, 'cluster',
           'A label that your Prometheus may add; matches everything where it does not.')
      .hide(dashboard.VariableHide.HideVariable),
    values('job', 'Job', `${EXPORTERS}{cluster=~"$cluster"}`, 'job',
           'Scrape job of the exporters.', '.+'),
    values('instance', 'Instance', `${EXPORTERS}{cluster=~"$cluster", job=~"$job"}`, 'instance',
           'Exporters, one per node.', '.+'),
  ];
}

// `pods`: the metric whose pods are offered.
function pods(metric: string): dashboard.QueryVariableBuilder[] {
  const before = 'cluster=~"$cluster", job=~"$job", instance=~"$instance"';
  return [
    values('namespace', 'Namespace', `${metric}{${before}}`, 'namespace', 'Namespaces of the pods.'),
    values('workload', 'Workload', `${metric}{${before}, namespace=~"$namespace"}`, 'workload',
           'What the pods belong to.'),
    values('pod', 'Pod', `${metric}{${before}, namespace=~"$namespace", workload=~"$workload"}`, 'pod',
           'Pods, each with its sidecar.'),
  ];
}

// The chain of variables that a dashboard with queries of this scope needs. `podsOf` and `upstreamsOf` are
// the metrics whose pods and upstreams are offered.
export function variables(scope: Scope, podsOf: string, upstreamsOf: string):
    dashboard.QueryVariableBuilder[] {
  const chain = exporters();
  if (scope === 'exporter') return chain;
  chain.push(...pods(podsOf));
  if (scope === 'pod') return chain;
  chain.push(values('upstream', 'Upstream', select('pod', upstreamsOf), 'upstream',
                    'Services that the pods call.'));
  if (scope === 'upstream') return chain;
  return [
    ...chain,
    values('service', 'gRPC service', counted('upstream', METHODS), 'grpc_service',
           'Full names of gRPC services.'),
    values('method', 'gRPC method', counted('upstream', METHODS, 'grpc_service=~"$service"'),
           'grpc_method', 'Methods of the gRPC services.'),
  ];
}

export function datasource(): dashboard.DatasourceVariableBuilder {
  return new dashboard.DatasourceVariableBuilder('datasource')
    .label('Data source')
    .description('The Prometheus that scrapes the exporters.')
    .type('prometheus');
}

// One of a few fixed values, the first at first: what the reader sees and what it stands for.
export function choice(name: string, title: string, about: string, options: Record<string, string>):
    dashboard.CustomVariableBuilder {
  const pairs = Object.entries(options);
  const listed = pairs.map(([text, value], index) => ({ selected: index === 0, text, value }));
  const written = pairs.map(([text, value]) => (text === value ? text : `${text} : ${value}`));
  return new dashboard.CustomVariableBuilder(name)
    .label(title).description(about).values(written.join(',')).options(listed).current(listed[0]);
}

// Whose count of the calls is shown, on every dashboard that shows calls.
export function seenBy(): dashboard.CustomVariableBuilder {
  return choice('seen_by', 'Seen by', 'Whose count of the calls is shown: that of the sidecars, or what ' +
    'applications count of themselves. They count the same calls, so it is never both.',
                { sidecars: SIDECARS, applications: APPLICATIONS });
}

// A text that the reader may type in.
export function text(name: string, title: string, about: string, value: string):
    dashboard.TextBoxVariableBuilder {
  const typed = { selected: true, text: value, value };
  return new dashboard.TextBoxVariableBuilder(name)
    .label(title).description(about).defaultValue(value).options([typed]).current(typed);
}
