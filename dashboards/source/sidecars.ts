// Sidecars: which proxies run where, in which version and state.
import { Plan } from './frame';
import { drillDown } from './links';
import { ANSWERS, STATES } from './looks';
import { graph, stat, timeline } from './panels';
import { max, min, place, select, sum } from './select';
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

export const sidecars: Plan = {
  uid: 'mesh-sidecars',
  title: 'Mesh / Sidecars',
  description: 'Which proxies run where, in which version and state, and since when.',
  rows: [
    { title: 'Who is there', panels: [...tiles, ...who] },
    { title: 'Lives', panels: lives },
  ],
};
