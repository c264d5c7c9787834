// gRPC servers: what they say of their health when they are asked, which of their methods are called, and over
// how many connections.
import { Plan } from './frame';
import { drillDown } from './links';
import { HEALTH, NONE_IS_GOOD } from './looks';
import { graph, stat, timeline } from './panels';
import { max, orZero, place, rate, select, share, sum } from './select';
import { table } from './table';

const health = (metric: string, ...more: string[]) => select('pod', `mesh_grpc_health_${metric}`, ...more);
const status = (matcher: string) => health('status', matcher);
const SERVICE = 'namespace, endpoint, grpc_service';
const NAME = '{{namespace}}/{{endpoint}} {{grpc_service}}';
const PROBES = rate(health('probes_total'));
const FAILURES = rate(health('probe_failures_total'));
const TOOK = health('probe_duration_seconds');

const tiles = [
  stat({
    title: 'Services asked', unit: 'none', width: 6,
    description: 'Services of gRPC servers that exporters ask for their health; a server as a whole is one, too.',
    queries: [{ expr: `count(${status('status="serving"')})` }] }),
  stat({
    title: 'Not up', unit: 'none', width: 6, steps: NONE_IS_GOOD,
    description: 'Of them, those that neither serve nor answer without having a health service; not those of which nothing ' +
      'is known, for the exporter cannot ask them.',
    queries: [{ expr: orZero(`sum(${status('status!~"serving|unimplemented|not_asked"')})`) }] }),
  stat({
    title: 'Probes that failed', unit: 'percentunit', min: 0, max: 1, decimals: 2, width: 6,
    description: 'Share of the probes of all of them that did not find the service up.',
    queries: [{ expr: share(`sum(${FAILURES})`, `sum(${PROBES})`) }] }),
  stat({
    title: 'Slowest probe', unit: 's', min: 0, width: 6,
    description: 'How long the slowest of the last probes took, or took to fail.',
    queries: [{ expr: `max(${TOOK})` }] }),
];

const lives = [
  timeline({
    title: 'Health', unit: 'none', height: 10, words: HEALTH,
    description: 'What each service was found to be: what the server says (serving, not_serving, unknown, ' +
      'service_unknown), that it answers and has no health service (unimplemented), that it answers something ' +
      'else (failed), or that there is no answer (unreachable). Of one that the exporter itself cannot ask ' +
      '(not_asked) nothing is known.',
    queries: [{ expr: place(status, 'status', HEALTH.map(([word]) => word), SERVICE), legend: NAME }] }),
  graph({
    title: 'Share of probes that failed', unit: 'percentunit', min: 0, max: 1,
    description: 'Share of the probes that did not find the service up: what is left to 1 is its availability.',
    queries: [{ expr: share(sum(SERVICE, FAILURES), sum(SERVICE, PROBES)), legend: NAME }] }),
  graph({
    title: 'Duration of probes', unit: 's', min: 0,
    description: 'How long the last probe took, or took to fail, over a connection that was kept where there ' +
      'was one.',
    queries: [{ expr: max(SERVICE, TOOK), legend: NAME }] }),
];

const OF_SERVER = 'namespace, workload, pod, grpc_service';
const declared = select('pod', 'mesh_grpc_methods_declared');
const unused = select('pod', 'mesh_grpc_methods_unused');

const methods = [
  stat({
    title: 'Methods', unit: 'none', width: 12,
    description: 'Methods that the servers say they have, by reflection; those of several pods of a workload ' +
      'are counted once.',
    queries: [{ expr: `sum(${max('namespace, workload, grpc_service', declared)})` }] }),
  stat({
    title: 'Never called', unit: 'none', width: 12,
    description: 'Of them, those that nobody has called since the exporter started, where calls are counted by ' +
      'method.',
    queries: [{ expr: `sum(${max('namespace, workload, grpc_service', unused)})` }] }),
  table({
    title: 'What servers have', unit: 'none', height: 8,
    description: 'Methods of each service that a server declares, and how many of them nobody has called yet. ' +
      'Calls to methods that it does not have end UNIMPLEMENTED and are the finding unknown_methods_called.',
    queries: [{ expr: max(OF_SERVER, declared) }, { expr: max(OF_SERVER, unused) }],
    sortBy: 'Never called',
    columns: [
      { of: 'namespace', title: 'Namespace' },
      { of: 'workload', title: 'Workload' },
      { of: 'pod', title: 'Pod' },
      { of: 'grpc_service', title: 'gRPC service', links: [
        drillDown('Its calls', 'mesh-methods', 'row', 'namespace', 'workload', 'service')] },
      { of: 0, title: 'Methods', unit: 'none' },
      { of: 1, title: 'Never called', unit: 'none' },
    ] }),
];

const server = (what: string) => select('pod', `mesh_grpc_server_${what}`);
const POD = 'namespace, workload, pod';
const OF_POD = '{{namespace}}/{{pod}}';
const MOST = server('connection_requests_max');

const connections = [
  graph({
    title: 'Connections of servers', unit: 'none', min: 0,
    description: 'Connections that clients have open to each server, as channelz tells. A server with none gets no ' +
      'calls until a client dials anew.',
    queries: [{ expr: sum(POD, server('connections')), legend: OF_POD }] }),
  graph({
    title: 'Share of the busiest connection', unit: 'percentunit', min: 0, max: 1,
    description: 'Share of the calls to each server that came over its busiest connection, over the window. 1 is one ' +
      'client, or a layer-4 balancer to which all clients are one: pods beside it that get nothing are the finding ' +
      'traffic_pinned.',
    queries: [{ expr: share(sum(POD, MOST), sum(POD, server('connection_requests'))), legend: OF_POD }],
    links: [drillDown('Balance', 'mesh-balance', 'series', 'namespace')] }),
  graph({
    title: 'Connections in use', unit: 'percentunit', min: 0, max: 1, width: 24,
    description: 'Share of the connections of each server over which calls came within the window.',
    queries: [{ expr: share(sum(POD, server('connections_used')), sum(POD, server('connections'))),
                legend: OF_POD }] }),
];

export const grpcServers: Plan = {
  uid: 'mesh-grpc-servers',
  title: 'Mesh / gRPC servers',
  description: 'What gRPC servers say of their health when they are asked, which of their methods are called, and over ' +
    'which connections.',
  rows: [
    { title: 'Do they serve?', panels: [...tiles, ...lives] },
    { title: 'What they are called for', panels: methods },
    { title: 'How calls come to them', panels: connections },
  ],
};
