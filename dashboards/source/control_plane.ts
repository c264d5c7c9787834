// Control plane: whether the sidecars hear of changes, and when silence begins to hurt.
import { Plan } from './frame';
import { drillDown } from './links';
import { ANY_IS_BAD, CONNECTED, NONE_IS_BETTER, NONE_IS_GOOD } from './looks';
import { graph, heatmap, stat, timeline } from './panels';
import { growth, max, min, rate, select, sum } from './select';
import { table } from './table';

const of = (metric: string, ...more: string[]) =>
  select('pod', `mesh_control_plane_${metric}`, ...more);
const POD = 'namespace, pod';
const LINK = `${POD}, resource`;
const NAME = '{{namespace}}/{{pod}} {{resource}}';
const updates = (result: string) => of('updates_total', `result="${result}"`);

const tiles = [
  stat({
    title: 'Cut off', unit: 'none', width: 6, steps: NONE_IS_GOOD,
    description: 'Sidecars with a connection to their control plane that is cut now.',
    queries: [{ expr: `count(${min(POD, of('connected'))} == 0) or vector(0)` }] }),
  stat({
    title: 'Cascade', unit: 'dateTimeFromNow', steps: ANY_IS_BAD, empty: 'none', width: 6,
    description: 'When the first certificate ends that cannot be renewed because its sidecar is cut off: ' +
      'from then on new connections fail. Nothing while all are connected.',
    queries: [{ expr: `min(${of('cascade_timestamp_seconds')}) * 1000` }],
    links: [drillDown('Certificates', 'mesh-certificates', 'series')] }),
  stat({
    title: 'Rejected updates', unit: 'cps', width: 6, decimals: 2,
    description: 'Configuration per second that proxies refuse because of its content; they live on ' +
      'with the one before.',
    queries: [{ expr: `sum(${rate(updates('rejected'))})` }] }),
  stat({
    title: 'Failed updates', unit: 'cps', width: 6, decimals: 2,
    description: 'Attempts per second to get configuration that brought none.',
    queries: [{ expr: `sum(${rate(updates('failed'))})` }] }),
];

const links = [
  timeline({
    title: 'Connections', unit: 'none', height: 10, words: CONNECTED,
    description: 'Whether the connection of each sidecar for each kind of configuration holds: ads is ' +
      'one for all, sds brings certificates. On Istio it ends at the agent in the pod.',
    queries: [{ expr: min(LINK, of('connected')), legend: NAME }],
    links: [drillDown('Certificates of the pod', 'mesh-certificates', 'series', 'namespace', 'pod')] }),
  table({
    title: 'Cut off, and until when it is harmless', unit: 'none', height: 6,
    description: 'Sidecars that cannot renew a certificate because their control plane or issuer is out ' +
      'of reach, the first to fail on top.',
    queries: [{ expr: min('namespace, workload, pod', `${of('cascade_timestamp_seconds')} * 1000`) }],
    sortBy: 'New connections fail from', ascending: true,
    columns: [
      { of: 0, title: 'New connections fail from', unit: 'dateTimeAsIso' },
      { of: 'namespace', title: 'Namespace' },
      { of: 'workload', title: 'Workload' },
      { of: 'pod', title: 'Pod', links: [
        drillDown('Certificates of the pod', 'mesh-certificates', 'row', 'namespace', 'pod')] },
    ] }),
  graph({
    title: 'Reconnects', unit: 'none', min: 0, width: 24,
    description: 'Connections that were seen cut and then seen to hold again.',
    queries: [{ expr: sum(LINK, growth(of('reconnects_total'))), legend: NAME }] }),
];

const pushes = [
  graph({
    title: 'Updates accepted', unit: 'none', min: 0,
    description: 'Configuration that proxies took, by kind.',
    queries: [{ expr: sum('namespace, resource', growth(updates('accepted'))),
                legend: '{{namespace}} {{resource}}' }] }),
  graph({
    title: 'Updates rejected', unit: 'none', min: 0, steps: NONE_IS_BETTER,
    description: 'Configuration that proxies refused because of its content. Any at all is a mistake ' +
      'that somebody made and nobody saw.',
    queries: [{ expr: sum(LINK, growth(updates('rejected'))), legend: NAME }] }),
  graph({
    title: 'Updates that failed', unit: 'none', min: 0,
    description: 'Attempts that brought nothing: no connection, or it broke.',
    queries: [{ expr: sum(LINK, growth(updates('failed'))), legend: NAME }] }),
  graph({
    title: 'Age of the configuration', unit: 's', min: 0,
    description: 'Time since each sidecar last accepted an update of each kind. In a mesh in which ' +
      'nothing changes it grows; one line that grows alone is a sidecar that hears nothing.',
    queries: [{ expr: `time() - ${max(LINK, of('last_update_timestamp_seconds'))}`, legend: NAME }] }),
];

const states = [
  graph({
    title: 'Configurations by status', unit: 'none', min: 0, stacked: true,
    description: 'How configurations stand where that is told by CSDS: by gRPC clients of theirs (acked: in use; ' +
      'nacked: refused), by control planes of those of their clients (synced; stale: sent, and not answered yet).',
    queries: [{ expr: `${sum(`${LINK}, status`, of('resources'))} > 0`, legend: `${NAME} {{status}}` }] }),
  graph({
    title: 'Configurations by version', unit: 'none', min: 0, stacked: true,
    description: 'Versions in use, where they are told by CSDS. Two for long: some clients do not get the newer one.',
    queries: [{ expr: sum(`${LINK}, version`, of('resource_versions')), legend: `${NAME} {{version}}` }] }),
];

const ca = (metric: string) => select('pod', `mesh_ca_${metric}`);
const pushed = (result: string) => of('pushes_total', `result="${result}"`);

const planes = [
  table({
    title: 'Control planes', unit: 'none', height: 6,
    description: 'Control planes whose own page is read: istiod, controllers of Linkerd, servers of Consul; ' +
      'since when they run and when their root ends, where they tell.',
    queries: [max('mesh, namespace, pod, version', of('info')),
              ...[of('start_timestamp_seconds'), ca('root_not_after_timestamp_seconds')]
                .map((one) => `${max('mesh, namespace, pod', one)} * 1000`)].map((expr) => ({ expr })),
    sortBy: 'Pod', ascending: true,
    columns: [
      { of: 'mesh', title: 'Mesh' },
      { of: 'namespace', title: 'Namespace' },
      { of: 'pod', title: 'Pod' },
      { of: 'version', title: 'Version' },
      { of: 0, title: 'There', unit: 'none' },
      { of: 1, title: 'Running since', unit: 'dateTimeFromNow' },
      { of: 2, title: 'Root ends', unit: 'dateTimeAsIso' },
    ] }),
  graph({
    title: 'Requests for certificates', unit: 'none', min: 0,
    description: 'What became of them. Refused: who asked was wrong. Failed: the CA could not. None issued ' +
      'while some fail is an outage in the making.',
    queries: [{ expr: sum(`${POD}, result`, growth(ca('issuances_total'))),
                legend: '{{namespace}}/{{pod}} {{result}}' }] }),
  graph({
    title: 'Connected proxies by version', unit: 'none', min: 0, stacked: true,
    description: 'Proxies that each control plane has a connection from, on all nodes, by the version that ' +
      'they say they are. Consul does not tell them apart.',
    queries: [{ expr: sum('mesh, version', of('proxies')), legend: '{{mesh}} {{version}}' }] }),
  graph({
    title: 'Pushes', unit: 'none', min: 0,
    description: 'Configuration that istiod sent, by kind.',
    queries: [{ expr: sum('namespace, resource', growth(pushed('pushed'))),
                legend: '{{namespace}} {{resource}}' }] }),
  graph({
    title: 'Pushes in vain', unit: 'none', min: 0, steps: NONE_IS_BETTER,
    description: 'Of them, those that did not go out and those that a proxy refused; and errors of ' +
      'istiod itself.',
    queries: [...['failed', 'rejected'].map((result) => (
      { expr: sum(LINK, growth(pushed(result))), legend: `${NAME} ${result}` })),
    { expr: sum(`${POD}, reason`, growth(of('errors_total'))),
      legend: '{{namespace}}/{{pod}} {{reason}}' }] }),
  heatmap({
    title: 'Time until a change is with a proxy', unit: 's',
    description: 'Changes per second by how long istiod took to send all of one to a proxy that it concerns.',
    queries: [{ expr: sum('le', rate(of('convergence_seconds_bucket'))), legend: '{{le}}' }] }),
  graph({
    title: 'Memory of control planes', unit: 'bytes', min: 0, width: 24,
    description: 'Resident memory of each, by its own word. istiod grows with the mesh and with pushes.',
    queries: [{ expr: sum(POD, of('memory_bytes')), legend: '{{namespace}}/{{pod}}' }] }),
];

export const controlPlane: Plan = {
  uid: 'mesh-control-plane',
  title: 'Mesh / Control plane',
  description: 'Whether the sidecars hear of changes, and when silence begins to hurt.',
  rows: [
    { title: 'Connections', panels: [...tiles, ...links] },
    { title: 'Updates', panels: [...pushes, ...states] },
    { title: 'Control planes themselves', panels: planes },
  ],
};
