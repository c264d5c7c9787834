// Pools and breakers: what of each connection pool is in use, what its limits refused, what failed.
import { Plan } from './frame';
import { drillDown } from './links';
import { BREAKER, NONE_IS_BETTER, NONE_IS_GOOD, USED_SHARE } from './looks';
import { graph, stat, timeline } from './panels';
import { max, orZero, rate, ratio, select, share, sum } from './select';
import { table } from './table';

const POOL = 'namespace, pod, upstream, subset';
const NAME = '{{pod}} → {{upstream}} {{subset}}';

const of = (metric: string, ...more: string[]) => select('upstream', `mesh_upstream_${metric}`, ...more);
// Without the pool of a sidecar towards its own pod, which has no upstream.
const to = (metric: string, ...more: string[]) => of(metric, 'upstream!=""', ...more);
const used = (what: string) => ratio(sum(POOL, of(what)), sum(POOL, of(`${what}_limit`)));
const usedOf = (what: string) =>
  ratio(sum(POOL, of(`${what}_active`)), sum(POOL, of(`${what}_limit`)));
const REQUESTS = used('requests_active');
const CONNECTIONS = used('connections');
const PENDING = used('requests_pending');
const RETRIES = usedOf('retries');
const REFUSED = of('overflows_total', 'resource=~"requests|pending|retries"');

const tiles = [
  stat({
    title: 'Open breakers', unit: 'none', width: 6, steps: NONE_IS_GOOD,
    description: 'Limits that are reached now.',
    queries: [{ expr: orZero(`sum(${of('circuit_breaker_open')})`) }] }),
  stat({
    title: 'Refused', unit: 'reqps', width: 6, decimals: 1,
    description: 'Calls and retries per second that a limit refused; the callers see UNAVAILABLE.',
    queries: [{ expr: orZero(`sum(${rate(REFUSED)})`) }] }),
  stat({
    title: 'Connections that fail', unit: 'cps', width: 6, decimals: 1,
    description: 'Connections per second that could not be made.',
    queries: [{ expr: orZero(`sum(${rate(of('connect_failures_total'))})`) }] }),
  stat({
    title: 'Ejected endpoints', unit: 'none', width: 6, steps: NONE_IS_BETTER,
    description: 'Endpoints that outlier detection has put aside now, as each caller counts them.',
    queries: [{ expr: orZero(`sum(${of('endpoints', 'state="ejected"')})`) }] }),
];

const limits = [
  timeline({
    title: 'Breakers', unit: 'none', height: 10, words: BREAKER,
    description: 'Breakers that were open and when: the limit of connections, pools, pending, requests or ' +
      'retries was reached. A gap is a closed one; nothing at all is good. That of connections may be ' +
      'open in good health, since calls share them.',
    queries: [{ expr: `${max(`${POOL}, resource, priority`, of('circuit_breaker_open'))} == 1`,
                legend: `${NAME} {{resource}} {{priority}}` }],
    links: [drillDown('Only this upstream', 'mesh-pools', 'series', 'namespace', 'upstream')] }),
  table({
    title: 'Pools',
    description: 'Every pool and the share of each of its limits that is in use. Empty: unlimited, or ' +
      'the proxy does not tell.',
    unit: 'none',
    queries: [{ expr: REQUESTS }, { expr: PENDING }, { expr: CONNECTIONS }, { expr: RETRIES }],
    sortBy: 'Requests',
    columns: [
      { of: 'namespace', title: 'Namespace' },
      { of: 'pod', title: 'Pod', links: [
        drillDown('Sidecar', 'mesh-sidecars', 'row', 'namespace', 'pod')] },
      { of: 'upstream', title: 'Upstream', links: [
        drillDown('Only this upstream', 'mesh-pools', 'row', 'namespace', 'upstream'),
        drillDown('Balance', 'mesh-balance', 'row', 'namespace', 'upstream'),
        drillDown('Methods', 'mesh-methods', 'row', 'namespace', 'upstream')] },
      ...['Requests', 'Pending', 'Connections', 'Retries'].map((title, index) => (
        { of: index, title, unit: 'percentunit', decimals: 1, steps: USED_SHARE })),
    ] }),
  ...([['Requests of their limit', 'Requests under way at once', REQUESTS],
       ['Pending of their limit', 'Requests that wait for a connection', PENDING],
       ['Connections of their limit', 'Open connections', CONNECTIONS],
       ['Retries of their limit', 'Retries under way, where the proxy tells (track_remaining)', RETRIES],
  ]).map(([title, what, expr]) => graph({
    title, unit: 'percentunit', min: 0, upTo: 1, steps: USED_SHARE,
    description: `${what}, as a share of the most that the pool takes.`,
    queries: [{ expr, legend: NAME }] })),
  graph({
    title: 'Refused by limits', unit: 'cps', min: 0,
    description: 'What a limit refused per second, by resource. Connections are only not opened: over ' +
      'HTTP the calls share others or wait.',
    queries: [{ expr: sum('upstream, resource', rate(to('overflows_total'))),
                legend: '{{upstream}} {{resource}}' }] }),
  graph({
    title: 'Requests under way and waiting', unit: 'none', min: 0,
    description: 'Requests in flight to each service, and those that wait for a connection.',
    queries: [{ expr: sum('upstream', to('requests_active')), legend: '{{upstream}} active' },
              { expr: sum('upstream', to('requests_pending')), legend: '{{upstream}} pending' }] }),
];

const causes = (title: string, description: string, metric: string, label: string, unit = 'cps') =>
  graph({
    title, unit, min: 0, description,
    queries: [{ expr: sum(`upstream, ${label}`, rate(to(metric))),
                legend: `{{upstream}} {{${label}}}` }] });

const failures = [
  causes('Connections that could not be made',
         'Per second, by reason: timeout, or refused_or_reset (a failed TLS handshake is one, too).',
         'connect_failures_total', 'reason'),
  graph({
    title: 'TLS handshakes that failed', unit: 'cps', min: 0,
    description: 'Per second, by direction and reason: handshake (broken off by either side), verify (not ' +
      'trusted or expired), name, no_certificate or hash. Inbound ones are of callers with this pod.',
    queries: [{ expr: sum('namespace, pod, direction, upstream, reason', rate(of('tls_failures_total'))),
                legend: '{{pod}} {{direction}} {{upstream}} {{reason}}' }],
    links: [drillDown('Certificates', 'mesh-certificates', 'series', 'namespace', 'pod')] }),
  causes('Streams cut short',
         'Per second, by kind: remote (reset by the upstream), local (given up here), connection ' +
         '(connections that broke with streams open), lost (streams that went with them).',
         'resets_total', 'kind'),
  causes('Given up by timeouts',
         'Requests per second that the sidecar gave up, by kind: request, per_try, per_try_idle or ' +
         'max_duration.', 'timeouts_total', 'kind', 'reqps'),
  causes('Retries',
         'Per second, by result: started (all of them), succeeded, limit_exceeded (calls that failed ' +
         'after as many as they are allowed).', 'retries_total', 'result', 'reqps'),
  graph({
    title: 'Retries of all requests', unit: 'percentunit', min: 0, max: 1,
    steps: [[null, 'green'], [0.2, 'red']],
    description: 'Share of the requests sent that are retries: a storm multiplies the load on what is ' +
      'already failing.',
    queries: [{
      expr: share(sum('upstream', rate(to('retries_total', 'result="started"'))),
                  sum('upstream', rate(to('requests_total')))), legend: '{{upstream}}' }] }),
];

const health = [
  causes('Ejections', 'Endpoints per second that outlier detection put aside, by reason.',
         'ejections_total', 'reason'),
  graph({
    title: 'Endpoints that are not ready', unit: 'none', min: 0,
    description: 'Endpoints that are ejected, unhealthy or draining, as each caller sees them. Only where ' +
      'there are any; nothing at all is good.',
    queries: [{ expr: `${sum(`${POOL}, state`, of('endpoints', 'state!="ready"'))} > 0`,
                legend: `${NAME} {{state}}` }] }),
  causes('Picks without enough healthy endpoints',
         'Requests per second for which any endpoint was chosen, healthy or not (panic), or none was ' +
         'there (none).', 'unhealthy_picks_total', 'kind', 'reqps'),
  graph({
    title: 'Streams refused to callers', unit: 'cps', min: 0,
    description: 'HTTP/2 streams per second that a sidecar refused its callers because they opened more ' +
      'at once than it takes on a connection.',
    queries: [{ expr: sum('namespace, pod', rate(of('stream_limit_refusals_total'))),
                legend: '{{namespace}}/{{pod}}' }] }),
];

const lives = [
  graph({
    title: 'Open connections', unit: 'none', min: 0,
    description: 'Connections from the pods to each service.',
    queries: [{ expr: sum('upstream', to('connections')), legend: '{{upstream}}' }] }),
  graph({
    title: 'Connections opened', unit: 'cps', min: 0,
    description: 'Per second, those that failed included.',
    queries: [{ expr: sum('upstream', rate(to('connections_opened_total'))),
                legend: '{{upstream}}' }] }),
  causes('Connections recycled',
         'Closed in good order per second so that others are opened, by reason: max_requests, ' +
         'max_duration or goaway. Without it calls follow long-lived connections to the same pods.',
         'connections_recycled_total', 'reason'),
  graph({
    title: 'Requests sent', unit: 'reqps', min: 0,
    description: 'Requests per second that left for each service, each retry one more.',
    queries: [{ expr: sum('upstream', rate(to('requests_total'))), legend: '{{upstream}}' }],
    links: [drillDown('Methods', 'mesh-methods', 'series', 'upstream')] }),
];

// Counted by the ztunnel of the node, for a workload and no pod. Each connection within the mesh is told by
// both sides: outbound ones stand for all that the workloads open.
const tcp = (metric: string, ...more: string[]) => select('upstream', `mesh_tcp_${metric}`, ...more);
const OUTBOUND = 'direction="outbound"';
const WORKLOAD = 'namespace, workload, direction, upstream';
const OF_WORKLOAD = '{{namespace}}/{{workload}} {{direction}} {{upstream}}';

const ambient = [
  graph({
    title: 'Ambient connections opened', unit: 'cps', min: 0, stacked: true,
    description: 'Connections per second that ambient workloads opened, by how they are secured: unknown is ' +
      'plain TCP, within which the application may encrypt by itself. A gRPC channel is one of them, whatever ' +
      'calls it carries.',
    queries: [{ expr: sum('security', rate(tcp('connections_opened_total', OUTBOUND))),
                legend: '{{security}}' }] }),
  graph({
    title: 'Ambient connections that failed', unit: 'cps', min: 0,
    description: 'Per second, by result. A denial is seen where it was made, inbound; the caller has ' +
      'connect_failed for it.',
    queries: [{ expr: `${sum(`${WORKLOAD}, result`,
                             rate(tcp('connections_closed_total', 'result!="completed"')))} > 0`,
                legend: `${OF_WORKLOAD} {{result}}` }] }),
  graph({
    title: 'Ambient connections open', unit: 'none', min: 0,
    description: 'Connections of each workload that are open now.',
    queries: [{ expr: sum(WORKLOAD, tcp('connections')), legend: OF_WORKLOAD }] }),
  graph({
    title: 'Bytes of ambient connections', unit: 'Bps', min: 0,
    description: 'Bytes per second over the connections that ambient workloads opened, as who was called sees ' +
      'them: received from the workload, or sent to it.',
    queries: [{ expr: sum('upstream, kind', rate(tcp('bytes_total', OUTBOUND))),
                legend: '{{upstream}} {{kind}}' }] }),
];

export const pools: Plan = {
  uid: 'mesh-pools',
  title: 'Mesh / Pools and breakers',
  description: 'The connection pool of each upstream of each sidecar: use, limits, refusals, failures.',
  rows: [
    { title: 'Limits', panels: [...tiles, ...limits] },
    { title: 'What failed', panels: failures },
    { title: 'Health of endpoints', panels: health },
    { title: 'Lives of connections', panels: lives },
    { title: 'Connections of ambient workloads', panels: ambient },
  ],
};
