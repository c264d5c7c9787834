// Sidecars: which proxies run where, in which version and state, and what they take of their nodes.
import { Plan } from './frame';
import { drillDown } from './links';
import { ANSWERS, NONE_IS_BETTER, NONE_IS_GOOD, STATES, USED_SHARE } from './looks';
import { graph, stat, timeline } from './panels';
import { growth, max, min, orZero, place, rate, ratio, select, sum } from './select';
import { table } from './table';

const of = (metric: string, ...more: string[]) => select('pod', `mesh_sidecar_${metric}`, ...more);
const POD = 'namespace, pod';
const NAME = '{{namespace}}/{{pod}}';
const UP = select('pod', 'mesh_target_up');

const tiles = [
  stat({
    title: 'Sidecars watched', unit: 'none', width: 6,
    description: 'Sidecars that an exporter watches.',
    queries: [{ expr: `count(${UP})` }] }),
  stat({
    title: 'Versions in use', unit: 'none', width: 6, steps: [[null, 'green'], [2, 'orange']],
    description: 'Different versions of proxies that run side by side. More than one is an upgrade ' +
      'under way, or one that was forgotten.',
    queries: [{ expr: `count(count by (mesh, version) (${of('info')}))` }] }),
  stat({
    title: 'Not live', unit: 'none', width: 6, steps: [[null, 'green'], [1, 'orange']],
    description: 'Proxies that are draining or still initializing.',
    queries: [{ expr: `sum(${of('state', 'state!="live"')})` }] }),
  stat({
    title: 'Youngest process', unit: 's', width: 6,
    description: 'How long the proxy runs that started last. Where it stays small, something restarts.',
    queries: [{ expr: `min(${of('uptime_seconds')})` }] }),
];

const who = [
  table({
    title: 'Versions', unit: 'none', width: 10, height: 8,
    description: 'How many sidecars run each version and build.',
    queries: [{ expr: `count by (mesh, version, build) (${of('info')})` }],
    sortBy: 'Sidecars',
    columns: [
      { of: 'mesh', title: 'Mesh' },
      { of: 'version', title: 'Version' },
      { of: 'build', title: 'Build' },
      { of: 0, title: 'Sidecars', unit: 'none' },
    ] }),
  table({
    title: 'Sidecars', unit: 'none', width: 14, height: 8,
    description: 'Each sidecar with its version, its name in its mesh, and for how long it has run.',
    queries: [{ expr: `${max('namespace, workload, pod, version, node_id', of('info'))} * on (${POD}) ` +
      `group_left () ${min(POD, of('uptime_seconds'))}` }],
    sortBy: 'Running for', ascending: true,
    columns: [
      { of: 'namespace', title: 'Namespace' },
      { of: 'workload', title: 'Workload' },
      { of: 'pod', title: 'Pod', links: [
        drillDown('Pools and breakers', 'mesh-pools', 'row', 'namespace', 'pod'),
        drillDown('Certificates', 'mesh-certificates', 'row', 'namespace', 'pod'),
        drillDown('Control plane', 'mesh-control-plane', 'row', 'namespace', 'pod'),
        drillDown('How it is read', 'mesh-exporter', 'row', 'namespace', 'pod')] },
      { of: 'version', title: 'Version' },
      { of: 0, title: 'Running for', unit: 's' },
      { of: 'node_id', title: 'Name in the mesh' },
    ] }),
];

const state = (matcher: string) => of('state', matcher);

const lives = [
  timeline({
    title: 'State', unit: 'none', height: 10, words: STATES,
    description: 'What each proxy says of itself: live, draining (on its way out), or initializing ' +
      '(waiting for its configuration). A gap is a proxy that did not answer.',
    queries: [{ expr: place(state, 'state', STATES.map(([word]) => word), POD), legend: NAME }],
    links: [drillDown('Only this pod', 'mesh-sidecars', 'series', 'namespace', 'pod')] }),
  timeline({
    title: 'Answers', unit: 'none', height: 10, words: ANSWERS,
    description: 'Whether the last poll of each sidecar brought readings. While it does not, its other ' +
      'series end after poll.stale_after.',
    queries: [{ expr: min(POD, UP), legend: NAME }],
    links: [drillDown('How it is read', 'mesh-exporter', 'series', 'namespace', 'pod')] }),
  graph({
    title: 'Running for', unit: 's', min: 0, width: 24,
    description: 'How long the process of each proxy has run. A fall to 0 is a restart.',
    queries: [{ expr: min(POD, of('uptime_seconds')), legend: NAME }] }),
  graph({
    title: 'Versions over time', unit: 'none', min: 0, width: 24, stacked: true,
    description: 'Sidecars by version: what a rollout looks like.',
    queries: [{ expr: sum('mesh, version', of('info')), legend: '{{mesh}} {{version}}' }] }),
];

const MEMORY_SHARE = ratio(sum(POD, of('memory_bytes')), sum(POD, of('memory_limit_bytes')));
const STOPPED_SHARE = ratio(sum(POD, rate(of('cpu_throttled_periods_total'))),
                            sum(POD, rate(of('cpu_periods_total'))));
const finding = (name: string) => select('pod', 'mesh_finding', `finding="${name}"`);

const resources = [
  stat({
    title: 'Nearest to its limit', unit: 'percentunit', width: 6, decimals: 1, steps: USED_SHARE,
    description: 'Memory in use by the sidecar that has least room left, as a share of its limit. At the ' +
      'limit the kernel kills it.',
    queries: [{ expr: `max(${MEMORY_SHARE})` }] }),
  stat({
    title: 'Killed for memory', unit: 'none', width: 6, steps: NONE_IS_GOOD,
    description: 'Sidecars in which the kernel killed a process for want of memory within the last hour.',
    queries: [{ expr: orZero(`sum(${finding('sidecar_oom_killed')})`) }] }),
  stat({
    title: 'Stopped most', unit: 'percentunit', width: 6, decimals: 1, steps: [[null, 'green'], [0.25, 'orange']],
    description: 'Share of its periods (100 ms each) in which the sidecar that is stopped most had used up ' +
      'its quota of processor time.',
    queries: [{ expr: `max(${STOPPED_SHARE})` }] }),
  stat({
    title: 'Groups that are not there', unit: 'none', width: 6, steps: NONE_IS_BETTER,
    description: 'Sidecars whose configured control group could not be read at the last look.',
    queries: [{ expr: orZero(`count(${of('cgroup_readable')} == 0)`) }] }),
  table({
    title: 'Memory', unit: 'bytes', width: 24, height: 8,
    description: 'What each sidecar uses and may use, by the kernel; the most it ever used, file pages ' +
      'included; and what the proxy itself says of its heap. Empty: unlimited, or not told.',
    queries: [MEMORY_SHARE, ...['memory_bytes', 'memory_limit_bytes', 'memory_peak_bytes', 'heap_bytes',
      'heap_allocated_bytes'].map((metric) => sum(POD, of(metric)))].map((expr) => ({ expr })),
    sortBy: 'Of its limit',
    columns: [
      { of: 'namespace', title: 'Namespace' },
      { of: 'pod', title: 'Pod', links: [
        drillDown('Only this pod', 'mesh-sidecars', 'row', 'namespace', 'pod'),
        drillDown('Pools and breakers', 'mesh-pools', 'row', 'namespace', 'pod')] },
      { of: 0, title: 'Of its limit', unit: 'percentunit', decimals: 1, steps: USED_SHARE },
      ...['Memory', 'Limit', 'Peak', 'Heap', 'Heap in use'].map((title, index) => (
        { of: index + 1, title, unit: 'bytes', decimals: 0 })),
    ] }),
  graph({
    title: 'Memory of its limit', unit: 'percentunit', min: 0, upTo: 1, steps: USED_SHARE,
    description: 'Memory in use as a share of the limit, without file pages that the kernel can take back. ' +
      'A sidecar without a limit has no line.',
    queries: [{ expr: MEMORY_SHARE, legend: NAME }],
    links: [drillDown('Only this pod', 'mesh-sidecars', 'series', 'namespace', 'pod')] }),
  graph({
    title: 'Memory in use', unit: 'bytes', min: 0,
    description: 'Memory in use by each sidecar, and of it the heap that the proxy holds. A line that rises ' +
      'for hours is a leak or a mesh that grows; a step at a renewal is the old beside the new.',
    queries: [{ expr: sum(POD, of('memory_bytes')), legend: NAME },
              { expr: sum(POD, of('heap_bytes')), legend: `${NAME} heap` }] }),
  graph({
    title: 'Killed by the kernel', unit: 'none', min: 0,
    description: 'Processes of each sidecar that the kernel killed for want of memory.',
    queries: [{ expr: sum(POD, growth(of('oom_kills_total'))), legend: NAME }] }),
  graph({
    title: 'Processors in use', unit: 'none', min: 0, decimals: 2,
    description: 'Processor time per second of each sidecar, and how much its quota allows.',
    queries: [{ expr: sum(POD, rate(of('cpu_seconds_total'))), legend: NAME },
              { expr: sum(POD, of('cpu_limit_cores')), legend: `${NAME} limit` }] }),
  graph({
    title: 'Periods in which it was stopped', unit: 'percentunit', min: 0, upTo: 1,
    steps: [[null, 'green'], [0.25, 'orange']],
    description: 'Share of the periods of its quota in which each sidecar had used it up: the calls that it ' +
      'holds then wait up to 100 ms.',
    queries: [{ expr: STOPPED_SHARE, legend: NAME }] }),
  graph({
    title: 'Standing still', unit: 'percentunit', min: 0,
    description: 'Share of the time in which tasks of each sidecar waited for memory (some: at least one, ' +
      'full: all of them), for a processor, or were stopped by the quota, added up over processors.',
    queries: [
      { expr: sum('namespace, pod, kind', rate(of('memory_stall_seconds_total'))),
        legend: `${NAME} memory, {{kind}}` },
      { expr: sum(POD, rate(of('cpu_stall_seconds_total'))), legend: `${NAME} processor` },
      { expr: sum(POD, rate(of('cpu_throttled_seconds_total'))), legend: `${NAME} quota` }] }),
];

const podsOf = (state: string) => select('pod', 'mesh_pods', `state="${state}"`);
const ALL_PODS = select('pod', 'mesh_pods');

const received = (...more: string[]) =>
  rate(select('pod', 'mesh_requests_by_security_total', 'direction="inbound"', ...more));

const migration = [
  stat({
    title: 'Pods in a mesh', unit: 'percentunit', width: 6, decimals: 0,
    description: 'Share of the pods, of all nodes whose agents look for them at Kubernetes, that have a proxy ' +
      'or go through that of the node.',
    queries: [{ expr: ratio(`sum(${podsOf('meshed')})`, `sum(${ALL_PODS})`) }] }),
  stat({
    title: 'Wait for a new pod', unit: 'none', width: 6, steps: NONE_IS_BETTER,
    description: 'Pods that ask for a proxy and have none: they are older than the wish, or the injector did ' +
      'not answer when they were made. A restart of the workload helps.',
    queries: [{ expr: `sum(${podsOf('injection_pending')})` }] }),
  stat({
    title: 'Opted out', unit: 'none', width: 6,
    description: 'Pods that say that they want no proxy.',
    queries: [{ expr: `sum(${podsOf('opted_out')})` }] }),
  stat({
    title: 'In no mesh', unit: 'none', width: 6,
    description: 'Pods without a proxy that say nothing of one.',
    queries: [{ expr: `sum(${podsOf('unmeshed')})` }] }),
  graph({
    title: 'Requests under mutual TLS', unit: 'percentunit', min: 0, max: 1,
    description: 'Share of the requests that the workload received whose sender showed a certificate of the mesh, ' +
      'where its proxy tells. At 100 % strict mutual TLS refuses nobody who calls today.',
    queries: [{
      expr: ratio(sum('namespace, workload', received('security="mutual_tls"')), sum('namespace, workload', received())),
      legend: '{{namespace}}/{{workload}}' }] }),
  graph({
    title: 'Pods by state', unit: 'none', min: 0, stacked: true,
    description: 'Pods in a mesh and not: what a migration looks like, or an upgrade that lost some.',
    queries: [{ expr: sum('state', ALL_PODS), legend: '{{state}}' }] }),
  graph({
    title: 'Ambient pods', unit: 'none', min: 0, stacked: true,
    description: 'Pods whose connections the ztunnels of their nodes carry (active), or are to and do not yet ' +
      '(pending).',
    queries: [{ expr: sum('state', select('pod', 'mesh_ambient_proxies')), legend: '{{state}}' }] }),
  table({
    title: 'Workloads', unit: 'none', width: 12, height: 8,
    description: 'Pods of each workload by state. A workload that stands twice, with a mesh and without, is ' +
      'half way.',
    queries: ['meshed', 'injection_pending', 'opted_out', 'unmeshed'].map((state) => ({
      expr: sum('namespace, workload, mesh', podsOf(state)) })),
    sortBy: 'Waiting',
    columns: [
      { of: 'namespace', title: 'Namespace' },
      { of: 'workload', title: 'Workload' },
      { of: 'mesh', title: 'Mesh' },
      ...['In the mesh', 'Waiting', 'Opted out', 'In none'].map((title, index) => (
        { of: index, title, unit: 'none' })),
    ] }),
];

export const sidecars: Plan = {
  uid: 'mesh-sidecars',
  title: 'Mesh / Sidecars',
  description: 'Which proxies run where, in which version and state, since when, what they take of their nodes, ' +
    'and which pods have none.',
  rows: [
    { title: 'Who is there', panels: [...tiles, ...who] },
    { title: 'Lives', panels: lives },
    { title: 'Migration', panels: migration },
    { title: 'Memory and processor time', panels: resources },
  ],
};
