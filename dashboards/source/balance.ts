// Balance: whether the pods behind a service share its calls. What several callers on several nodes send to
// an endpoint is added up before anything is concluded.
import { Plan } from './frame';
import { drillDown } from './links';
import { Steps, VERDICTS } from './looks';
import { graph, stat, timeline } from './panels';
import { counted, max, place, rate, ratio, select, sum } from './select';
import { table } from './table';

const UPSTREAM = 'namespace, upstream';
const ENDPOINT = `${UPSTREAM}, endpoint, endpoint_pod`;
const CALLER = 'namespace, pod, upstream, subset';
const WORKLOAD = 'namespace, workload';
const IMBALANCE: Steps = [[null, 'green'], [1.5, 'orange'], [2, 'red']];
const USEFUL_SHARE: Steps = [[null, 'red'], [0.5, 'orange'], [0.667, 'green']];

// What a sidecar forwards to its own pod has no upstream and nothing to balance.
const of = (metric: string, ...more: string[]) =>
  select('upstream', `mesh_upstream_${metric}`, 'upstream!=""', ...more);
const REQUESTS = sum(ENDPOINT, rate(of('endpoint_requests_total')));
const PER_UPSTREAM = sum(UPSTREAM, REQUESTS);
const SQUARES = sum(UPSTREAM, `${REQUESTS} ^ 2`);
// How many endpoints would do the work if it were even among them.
const EFFECTIVE = ratio(`${PER_UPSTREAM} ^ 2`, SQUARES);
// Endpoints to choose from, as the caller that knows most of them sees it.
const READY = max(UPSTREAM, sum(CALLER, of('endpoints', 'state="ready"')));
const IN_USE = `count by (${UPSTREAM}) (${REQUESTS} > 0)`;
const SHARE = ratio(REQUESTS, PER_UPSTREAM, `on (${UPSTREAM}) group_left ()`);
const BUSIEST = ratio(max(UPSTREAM, REQUESTS), `avg by (${UPSTREAM}) (${REQUESTS})`);
const NAME = '{{upstream}} {{endpoint}} {{endpoint_pod}}';

const verdict = (matcher: string) => of('balance_verdict', matcher);
const ofWorkload = (matcher: string) => select('pod', 'mesh_workload_balance_verdict', matcher);
const VALUES = VERDICTS.map(([word]) => word);

const summary = [
  stat({
    title: 'Skewed upstreams', unit: 'none', width: 6, steps: [[null, 'green'], [1, 'orange']],
    description: 'Pairs of a caller and a service whose requests are pinned to connections or uneven ' +
      'without an explanation: more than luck, and no weight, zone or ejection accounts for it.',
    queries: [{
      expr: `sum(${of('balance_verdict', 'verdict=~"connection_pinned|uneven"')}) or vector(0)` }] }),
  stat({
    title: 'Smallest useful share', unit: 'percentunit', min: 0, max: 1, width: 6,
    steps: USEFUL_SHARE,
    description: 'Of the services: effective endpoints over endpoints that take calls. 1 is even; a ' +
      'third means that two of three do nothing for it.',
    queries: [{ expr: `min(${ratio(EFFECTIVE, IN_USE)})` }] }),
  stat({
    title: 'Busiest over mean', unit: 'none', min: 1, decimals: 2, width: 6, steps: IMBALANCE,
    description: 'The greatest of all services: requests of the busiest endpoint over the mean of all.',
    queries: [{ expr: `max(${BUSIEST})` }] }),
  stat({
    title: 'Endpoints ready', unit: 'none', width: 6,
    description: 'Endpoints that could be chosen, over all services.',
    queries: [{ expr: `sum(${READY})` }] }),
];

const verdicts = [
  timeline({
    title: 'Verdict by caller and upstream', unit: 'none', height: 10, words: VERDICTS,
    description: 'What the requests over the window of the exporter amount to: balanced, too little to ' +
      'tell from luck, pinned to connections, uneven, or a skew that is explained (weighted, locality, ' +
      'ejected, warming).',
    queries: [{ expr: place(verdict, 'verdict', VALUES, CALLER),
                legend: '{{pod}} → {{upstream}} {{subset}}' }],
    links: [drillDown('Only this upstream', 'mesh-balance', 'series', 'namespace', 'upstream')] }),
  timeline({
    title: 'Verdict by called workload', unit: 'none', height: 6, words: VERDICTS,
    description: 'The same of the pods of a workload on one node, by the calls that they received ' +
      'from anybody.',
    queries: [{ expr: place(ofWorkload, 'verdict', VALUES, `${WORKLOAD}, instance`),
                legend: '{{namespace}}/{{workload}} {{instance}}' }] }),
];

const upstreams = table({
  title: 'Upstreams',
  description: 'Services by how evenly their endpoints are used, all callers together. ' +
    'Effective endpoints: so many would do the work if it were even.',
  unit: 'none',
  queries: [
    { expr: PER_UPSTREAM },
    { expr: READY },
    { expr: EFFECTIVE },
    { expr: BUSIEST },
  ],
  sortBy: 'Busiest over mean',
  columns: [
    { of: 'namespace', title: 'Namespace' },
    { of: 'upstream', title: 'Upstream', links: [
      drillDown('Only this upstream', 'mesh-balance', 'row', 'namespace', 'upstream'),
      drillDown('Methods', 'mesh-methods', 'row', 'namespace', 'upstream'),
      drillDown('Pools and breakers', 'mesh-pools', 'row', 'namespace', 'upstream')] },
    { of: 0, title: 'Requests', unit: 'reqps', decimals: 1 },
    { of: 1, title: 'Endpoints ready', unit: 'none' },
    { of: 2, title: 'Effective endpoints', unit: 'none', decimals: 2 },
    { of: 3, title: 'Busiest over mean', unit: 'none', decimals: 2, steps: IMBALANCE },
  ],
});

const spread = [
  graph({
    title: 'Requests by endpoint', unit: 'reqps', min: 0, stacked: true,
    description: 'Requests per second that reach each endpoint, all callers together, retries included.',
    queries: [{ expr: REQUESTS, legend: NAME }] }),
  graph({
    title: 'Share of each endpoint', unit: 'percentunit', min: 0, max: 1,
    description: 'Share of the requests to a service that one endpoint gets. Even is one line.',
    queries: [{ expr: SHARE, legend: NAME }] }),
  graph({
    title: 'Effective endpoints', unit: 'none', min: 0,
    description: 'How many endpoints would do the work of each service if it were even, beside how many ' +
      'are ready: twelve pods that do the work of 2.3.',
    queries: [{ expr: EFFECTIVE, legend: '{{upstream}} effective' },
              { expr: READY, legend: '{{upstream}} ready' }] }),
  graph({
    title: 'Imbalance by caller', unit: 'none', min: 1, steps: IMBALANCE,
    description: 'Requests of the busiest endpoint over their mean, as one caller spreads them, over the ' +
      'window of the exporter: 1 is even.',
    queries: [{ expr: max(CALLER, of('imbalance_ratio')), legend: '{{pod}} → {{upstream}}' }] }),
  graph({
    title: 'Failing requests by endpoint', unit: 'reqps', min: 0,
    description: 'Requests per second to each endpoint that were reset or ended in an error of the ' +
      'server. One line above the others is one bad pod.',
    queries: [{ expr: sum(ENDPOINT, rate(of('endpoint_failures_total'))), legend: NAME }] }),
  graph({
    title: 'Endpoints by state', unit: 'none', min: 0,
    description: 'Endpoints of each service as the callers see them: ready, ejected by outlier ' +
      'detection, unhealthy or draining; the caller that sees most of a state counts.',
    queries: [{ expr: max(`${UPSTREAM}, state`, sum(`${CALLER}, state`, of('endpoints'))),
                legend: '{{upstream}} {{state}}' }] }),
];

const connections = [
  graph({
    title: 'Connections by endpoint', unit: 'none', min: 0,
    description: 'Open connections to each endpoint. Where connections are balanced instead of calls, ' +
      'the requests follow these.',
    queries: [{ expr: sum(ENDPOINT, of('endpoint_connections')), legend: NAME }] }),
  graph({
    title: 'Requests per connection', unit: 'none', min: 0,
    description: 'Requests over the window of the exporter per connection that is open now: the higher, ' +
      'the longer a pod that joins waits for its share.',
    queries: [{ expr: max(CALLER, of('requests_per_connection')),
                legend: '{{pod}} → {{upstream}}' }] }),
  graph({
    title: 'Calls received by pod', unit: 'reqps', min: 0,
    description: 'Finished calls per second that each pod received, whoever made them.',
    queries: [{ expr: sum('namespace, pod', rate(counted('pod', 'mesh_pod_grpc_requests_total'))),
                legend: '{{namespace}}/{{pod}}' }] }),
  graph({
    title: 'Connections to pod', unit: 'none', min: 0,
    description: 'Connections open from callers to the sidecar of each pod.',
    queries: [{ expr: sum('namespace, pod', select('pod', 'mesh_pod_connections')),
                legend: '{{namespace}}/{{pod}}' }] }),
  graph({
    title: 'Connections opened by endpoint', unit: 'cps', min: 0,
    description: 'Connections opened per second to each endpoint: none means that those there are live on.',
    queries: [{ expr: sum(ENDPOINT, rate(of('endpoint_connections_opened_total'))), legend: NAME }] }),
  graph({
    title: 'Imbalance by called workload', unit: 'none', min: 1, steps: IMBALANCE,
    description: 'Calls received by the busiest pod of a workload on one node over their mean.',
    queries: [{ expr: max(`${WORKLOAD}, instance`, select('pod', 'mesh_workload_imbalance_ratio')),
                legend: '{{namespace}}/{{workload}} {{instance}}' }] }),
];

export const balance: Plan = {
  uid: 'mesh-balance',
  title: 'Mesh / Balance',
  description: 'Whether the pods behind each service share its calls: verdicts, shares, connections.',
  upstreamsOf: 'mesh_upstream_balance_requests',
  rows: [
    { title: 'Verdicts', panels: [...summary, ...verdicts] },
    { title: 'Spread of the requests', panels: [upstreams, ...spread] },
    { title: 'Connections, which long-lived HTTP/2 pins calls to', panels: connections },
  ],
};
