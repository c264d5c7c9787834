// Overview: is anything wrong, what, and where. What the exporters themselves found stands first.
import { diagnosis, drillDown, runbook } from './links';
import { FAILED_SHARE, NONE_IS_BETTER, NONE_IS_GOOD, SEVERITIES, SHARE_LEFT } from './looks';
import { graph, stat, timeline } from './panels';
import { counted, max, min, orZero, rate, select, share, sum } from './select';
import { table } from './table';
import { Plan } from './frame';
import { FAILURES, RUNBOOK } from './constants';
import { text } from './variables';

const finding = (severity: string) => select('pod', 'mesh_finding', `severity="${severity}"`);
const called = (...more: string[]) =>
  rate(counted('pod', 'mesh_grpc_requests_total', 'direction="outbound"', ...more));
const UP = select('pod', 'mesh_target_up');
const LEFT = select('pod', 'mesh_certificate_remaining_ratio', 'role="leaf"');
const OPEN = select('pod', 'mesh_upstream_circuit_breaker_open');

// 1 info, 2 warning, 3 critical: to sort by, and so that the worst of several wins.
const ranked = (labels: string) => max(labels, ['info', 'warning', 'critical'].map(
  (severity, index) => `${finding(severity)} * ${index + 1}`).join(' or '));

const findings = table({
  title: 'Findings',
  description: 'What the exporters themselves find wrong now, the worst first. Each has evidence and ' +
    'remedy on the page of its exporter (mesh_exporter diagnose says the same) and a section in the ' +
    'runbook. Empty is good.',
  unit: 'none', height: 10,
  queries: [{ expr: ranked('finding, namespace, workload, pod, upstream, instance') }],
  sortBy: 'Severity',
  columns: [
    { of: 0, title: 'Severity', unit: 'none', words: SEVERITIES, width: 110 },
    { of: 'finding', title: 'Finding', links: [runbook(), diagnosis()] },
    { of: 'namespace', title: 'Namespace' },
    { of: 'workload', title: 'Workload' },
    { of: 'pod', title: 'Pod', links: [
      drillDown('Sidecar', 'mesh-sidecars', 'row', 'namespace', 'pod'),
      drillDown('Certificates of the pod', 'mesh-certificates', 'row', 'namespace', 'pod'),
      drillDown('Control plane of the pod', 'mesh-control-plane', 'row', 'namespace', 'pod')] },
    { of: 'upstream', title: 'Upstream', links: [
      drillDown('Methods', 'mesh-methods', 'row', 'namespace', 'upstream'),
      drillDown('Balance', 'mesh-balance', 'row', 'namespace', 'upstream'),
      drillDown('Pools and breakers', 'mesh-pools', 'row', 'namespace', 'upstream')] },
    { of: 'instance', title: 'Exporter', links: [diagnosis()] },
  ],
});

const tiles = [
  stat({
    title: 'Critical', unit: 'none', steps: NONE_IS_GOOD,
    description: 'Findings that stop calls or soon will.',
    queries: [{ expr: orZero(`sum(${finding('critical')})`) }] }),
  stat({
    title: 'Warnings', unit: 'none', steps: NONE_IS_BETTER,
    description: 'Findings that need somebody, though not tonight.',
    queries: [{ expr: orZero(`sum(${finding('warning')})`) }] }),
  stat({
    title: 'Failing calls', unit: 'percentunit', min: 0, max: 1, decimals: 2, steps: FAILED_SHARE,
    description: 'Share of the calls that pods make which end in a status that means a failure ' +
      `(${FAILURES.replaceAll('|', ', ')}).`,
    queries: [{ expr: share(`sum(${called(`grpc_code=~"${FAILURES}"`)})`, `sum(${called()})`) }],
    links: [drillDown('Methods', 'mesh-methods', 'series')] }),
  stat({
    title: 'Open breakers', unit: 'none', steps: NONE_IS_GOOD,
    description: 'Limits of connection pools that are reached now.',
    queries: [{ expr: orZero(`sum(${OPEN})`) }],
    links: [drillDown('Pools and breakers', 'mesh-pools', 'series')] }),
  stat({
    title: 'Least life left', unit: 'percentunit', min: 0, max: 1, steps: SHARE_LEFT,
    description: 'The certificate in use that has the smallest share of its life left. A share fits ' +
      'certificates of a day and of ten years alike; every mesh renews before a tenth is left.',
    queries: [{ expr: `min(${LEFT})` }],
    links: [drillDown('Certificates', 'mesh-certificates', 'series')] }),
  stat({
    title: 'Sidecars that answer', unit: 'percentunit', min: 0, max: 1,
    steps: [[null, 'red'], [0.9, 'orange'], [1, 'green']],
    description: 'Share of the sidecars whose last poll brought readings. Of the others nothing on ' +
      'these dashboards is known.',
    queries: [{ expr: `avg(${UP})` }],
    links: [drillDown('Exporter', 'mesh-exporter', 'series')] }),
];

const history = timeline({
  title: 'Findings over time',
  description: 'When each finding held, at its worst anywhere. A gap means that it did not.',
  unit: 'none', height: 10, words: SEVERITIES,
  queries: [{ expr: ranked('finding, namespace'), legend: '{{finding}} {{namespace}}' }],
});

const BY_CALLER = 'namespace, workload, upstream';

const traffic = [
  graph({
    title: 'Calls by upstream', unit: 'reqps', min: 0, stacked: true,
    description: 'Finished gRPC calls per second that pods make, by the service they call.',
    queries: [{ expr: sum('upstream', called()), legend: '{{upstream}}' }],
    links: [drillDown('Methods', 'mesh-methods', 'series', 'upstream')] }),
  graph({
    title: 'Failing share by upstream', unit: 'percentunit', min: 0, max: 1, steps: FAILED_SHARE,
    description: 'Share of the calls to each service that end in a status that means a failure.',
    queries: [{
      expr: share(sum('upstream', called(`grpc_code=~"${FAILURES}"`)), sum('upstream', called())),
      legend: '{{upstream}}' }],
    links: [drillDown('Methods', 'mesh-methods', 'series', 'upstream')] }),
  table({
    title: 'Who calls whom', unit: 'none',
    description: 'Calling workloads and the services they call: calls and the share of them that ' +
      'fails. The worst first.',
    queries: [
      { expr: sum(BY_CALLER, called()) },
      { expr: share(sum(BY_CALLER, called(`grpc_code=~"${FAILURES}"`)), sum(BY_CALLER, called())) },
    ],
    sortBy: 'Failing',
    columns: [
      { of: 'namespace', title: 'Namespace' },
      { of: 'workload', title: 'Workload' },
      { of: 'upstream', title: 'Upstream', links: [
        drillDown('Methods', 'mesh-methods', 'row', 'namespace', 'workload', 'upstream'),
        drillDown('Balance', 'mesh-balance', 'row', 'namespace', 'workload', 'upstream'),
        drillDown('Pools and breakers', 'mesh-pools', 'row', 'namespace', 'workload', 'upstream')] },
      { of: 0, title: 'Calls', unit: 'reqps', decimals: 1 },
      { of: 1, title: 'Failing', unit: 'percentunit', decimals: 2, steps: FAILED_SHARE },
    ] }),
];

const lives = graph({
  title: 'Least life left by namespace', unit: 'percentunit', min: 0, max: 1, steps: SHARE_LEFT,
  width: 24,
  description: 'The smallest share of its life that any certificate in use has left. A healthy mesh ' +
    'draws a saw; a line that runs to the ground is an outage with a date.',
  queries: [{ expr: min('namespace', LEFT), legend: '{{namespace}}' }],
  links: [drillDown('Certificates', 'mesh-certificates', 'series', 'namespace')],
});

export const overview: Plan = {
  uid: 'mesh-overview',
  title: 'Mesh / Overview',
  description: 'Is anything wrong in the mesh, what, and where: what the exporters find themselves, ' +
    'then calls, breakers and certificates at a glance.',
  more: [text('runbook_base_url', 'Runbook', 'Where docs/runbook.md can be read.', RUNBOOK)],
  rows: [
    { title: 'Is anything wrong?', panels: [findings, ...tiles, history] },
    { title: 'Calls', panels: traffic },
    { title: 'Certificates', panels: [lives] },
  ],
};
