// Methods: the view that HTTP metrics cannot give, calls by gRPC service, method and status.
import { FAILURES } from './constants';
import { Plan } from './frame';
import { drillDown, traces } from './links';
import { FAILED_SHARE } from './looks';
import { graph, heatmap, stat } from './panels';
import { counted, rate, select, share, sum } from './select';
import { table } from './table';
import { choice, text } from './variables';

const DIRECTION = 'direction="$direction"';
const FAILED = `grpc_code=~"${FAILURES}"`;
const NAME = '{{grpc_service}}/{{grpc_method}}';
const METHOD = 'grpc_service, grpc_method';
const ROW = 'namespace, workload, upstream, grpc_service, grpc_method';

const calls = (...more: string[]) =>
  rate(counted('method', 'mesh_grpc_requests_total', DIRECTION, ...more));
const failing = (labels: string) => share(sum(labels, calls(FAILED)), sum(labels, calls()));
const BUCKETS = rate(counted('method', 'mesh_grpc_request_duration_seconds_bucket', DIRECTION));

// Of a bucket's length at worst, as every quantile of a histogram.
const quantile = (share: number, labels = '') =>
  `histogram_quantile(${share}, ${sum(labels ? `${labels}, le` : 'le', BUCKETS)})`;

const tiles = [
  stat({
    title: 'Calls', unit: 'reqps', decimals: 1, width: 6,
    description: 'Finished gRPC calls per second.',
    queries: [{ expr: `sum(${calls()})` }] }),
  stat({
    title: 'Failing', unit: 'percentunit', min: 0, max: 1, decimals: 2, width: 6,
    steps: FAILED_SHARE,
    description: `Share of the calls that end in ${FAILURES.replaceAll('|', ', ')}. ` +
      'Other statuses are answers.',
    queries: [{ expr: share(`sum(${calls(FAILED)})`, `sum(${calls()})`) }] }),
  stat({
    title: 'Median duration', unit: 's', min: 0, width: 6,
    description: 'Half of the calls take no longer, where it is measured.',
    queries: [{ expr: quantile(0.5) }] }),
  stat({
    title: '99th percentile', unit: 's', min: 0, width: 6,
    description: 'All but one in a hundred calls take no longer, where it is measured.',
    queries: [{ expr: quantile(0.99) }] }),
];

const everyMethod = table({
  title: 'Methods',
  description: 'Every method as a workload calls it or is called: how often, how it ends, how long it ' +
    'takes. A click on a method narrows this page to it or opens its traces.',
  unit: 'none', height: 10,
  queries: [
    { expr: sum(ROW, calls()) },
    { expr: failing(ROW) },
    { expr: quantile(0.5, ROW) },
    { expr: quantile(0.99, ROW) },
  ],
  sortBy: 'Calls',
  columns: [
    { of: 'namespace', title: 'Namespace', width: 110 },
    { of: 'workload', title: 'Workload', width: 130 },
    { of: 'upstream', title: 'Upstream', links: [
      drillDown('Balance', 'mesh-balance', 'row', 'namespace', 'workload', 'upstream'),
      drillDown('Pools and breakers', 'mesh-pools', 'row', 'namespace', 'workload', 'upstream')] },
    { of: 'grpc_service', title: 'gRPC service', links: [
      drillDown('Only this service', 'mesh-methods', 'row', 'upstream', 'service')] },
    { of: 'grpc_method', title: 'Method', links: [
      drillDown('Only this method', 'mesh-methods', 'row', 'upstream', 'service', 'method'),
      ...traces()] },
    { of: 0, title: 'Calls', unit: 'reqps', decimals: 1, width: 110 },
    { of: 1, title: 'Failing', unit: 'percentunit', decimals: 2, steps: FAILED_SHARE, width: 90 },
    { of: 2, title: 'Median', unit: 's', decimals: 1, width: 110 },
    { of: 3, title: '99th percentile', unit: 's', decimals: 1, width: 130 },
  ],
});

const narrower = drillDown('Only this method', 'mesh-methods', 'series', 'service', 'method');

const ends = [
  graph({
    title: 'Calls by method', unit: 'reqps', min: 0, stacked: true,
    description: 'Finished calls per second.',
    queries: [{ expr: sum(METHOD, calls()), legend: NAME }], links: [narrower] }),
  graph({
    title: 'Calls by status', unit: 'reqps', min: 0, stacked: true,
    description: 'Finished calls per second by their gRPC status, which HTTP calls 200 throughout.',
    queries: [{ expr: sum('grpc_code', calls()), legend: '{{grpc_code}}' }] }),
  graph({
    title: 'Failing share by method', unit: 'percentunit', min: 0, max: 1, steps: FAILED_SHARE,
    description: 'Share of the calls that end in a status that means a failure.',
    queries: [{ expr: failing(METHOD), legend: NAME }], links: [narrower] }),
  graph({
    title: 'Calls that are not OK', unit: 'reqps', min: 0,
    description: 'Calls per second that end in any other status than OK, by method and status.',
    queries: [{ expr: sum(`${METHOD}, grpc_code`, calls('grpc_code!="OK"')),
                legend: `${NAME} {{grpc_code}}` }], links: [narrower] }),
];

const durations = [
  heatmap({
    title: 'Durations', unit: 's',
    description: 'Calls per second by how long they took. Two bands are two kinds of answers; the mean ' +
      'would lie between, where there are none.',
    queries: [{ expr: sum('le', BUCKETS), legend: '{{le}}' }] }),
  graph({
    title: 'Median by method', unit: 's', min: 0,
    description: 'Half of the calls take no longer. Envoy: from the last byte sent to the upstream until ' +
      'the last one received.',
    queries: [{ expr: quantile(0.5, METHOD), legend: NAME }], links: [narrower] }),
  graph({
    title: '99th percentile by method', unit: 's', min: 0,
    description: 'All but one in a hundred calls take no longer; as exact as the bounds of the buckets.',
    queries: [{ expr: quantile(0.99, METHOD), legend: NAME }], links: [narrower] }),
];

const beside = [
  graph({
    title: 'Messages per second', unit: 'cps', min: 0,
    description: 'Messages of all calls, streams included, by kind: request or response.',
    queries: [{
      expr: sum(`${METHOD}, kind`, rate(counted('method', 'mesh_grpc_messages_total', DIRECTION))),
      legend: `${NAME} {{kind}}` }] }),
  graph({
    title: 'Streams cut short', unit: 'cps', min: 0,
    description: 'Streams that ended without a status, which no count of calls can see, by kind: remote ' +
      '(reset by the upstream), local (given up here), connection and lost (went with the connection).',
    queries: [{
      expr: sum('upstream, kind', rate(select('upstream', 'mesh_upstream_resets_total'))),
      legend: '{{upstream}} {{kind}}' }],
    links: [drillDown('Pools and breakers', 'mesh-pools', 'series', 'upstream')] }),
  graph({
    title: 'Refused by policy', unit: 'cps', min: 0, width: 24,
    description: 'Calls and connections of callers per second that an authorization policy refused at the ' +
      'called pod, by mode: enforced (the caller saw PERMISSION_DENIED) or shadow (a policy on trial would ' +
      'have). Nothing has failed: the policy says so.',
    queries: [{
      expr: sum('namespace, pod, mode', rate(select('pod', 'mesh_policy_denials_total'))),
      legend: '{{namespace}}/{{pod}} {{mode}}' }] }),
];

export const methods: Plan = {
  uid: 'mesh-methods',
  title: 'Mesh / Methods',
  description: 'Calls by gRPC service, method and status: how many, how they end, how long they take.',
  upstreamsOf: 'mesh_grpc_requests_total',
  more: [
    choice('direction', 'Direction', 'Calls that the pods make (outbound) or receive (inbound).',
           { outbound: 'outbound', inbound: 'inbound' }),
    text('trace_base_url', 'Trace UI', 'Address of a Jaeger, for the links to traces.',
         'http://localhost:16686'),
  ],
  rows: [
    { title: 'Methods', panels: [...tiles, everyMethod] },
    { title: 'How calls end', panels: ends },
    { title: 'How long they take', panels: durations },
    { title: 'Beside the calls', panels: beside },
  ],
};
