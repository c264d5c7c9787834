// Certificates: what is in use, what is left of its life, whether it is renewed in time, and what still
// lives under the one before.
import { Plan } from './frame';
import { drillDown } from './links';
import { ANY_IS_BAD, NONE_IS_GOOD, OVERDUE, SAME, SHARE_LEFT, Steps, VERIFIED } from './looks';
import { graph, stat, timeline } from './panels';
import { growth, max, min, orZero, rate, select, sum } from './select';
import { table } from './table';

const of = (metric: string, ...more: string[]) => select('pod', `mesh_certificate_${metric}`, ...more);
const LEAF = 'role="leaf"';
const PLACE = 'namespace, pod, source, location, role, certificate, key_algorithm';
const LEAVES = 'namespace, pod, source, location, certificate';
const NAME = '{{namespace}}/{{pod}} {{source}} {{location}} {{certificate}}';
const CASCADE = select('pod', 'mesh_control_plane_cascade_timestamp_seconds');
const SOON: Steps = [[null, 'red'], [0, 'orange'], [3600, 'text']];

const tiles = [
  stat({
    title: 'Least life left', unit: 'percentunit', min: 0, max: 1, decimals: 1, steps: SHARE_LEFT,
    description: 'The smallest share of its life that a leaf in use has left.',
    queries: [{ expr: `min(${of('remaining_ratio', LEAF)})` }] }),
  stat({
    title: 'First to expire', unit: 's', steps: SOON,
    description: 'Time until the first leaf in use expires; below 0 since it has.',
    queries: [{ expr: `min(${of('remaining_seconds', LEAF)})` }] }),
  stat({
    title: 'Overdue', unit: 'none', steps: NONE_IS_GOOD,
    description: 'Leaves that are past the point at which their mesh renews, plus slack.',
    queries: [{ expr: orZero(`sum(${of('rotation_overdue')})`) }] }),
  stat({
    title: 'Expired and in use', unit: 'none', steps: NONE_IS_GOOD,
    description: 'Certificates in use that have expired.',
    queries: [{ expr: `count(${of('remaining_seconds')} <= 0) or vector(0)` }] }),
  stat({
    title: 'Connections that outlive', unit: 'none', steps: [[null, 'green'], [1, 'orange']],
    description: 'Connections made under a certificate that has expired since, at least so many. They go ' +
      'on; whoever connects anew may fail.',
    queries: [{ expr: orZero(`sum(${of('expired_connections')})`) }] }),
  stat({
    title: 'Cascade', unit: 'dateTimeFromNow', steps: ANY_IS_BAD, empty: 'none',
    description: 'When the first certificate ends that cannot be renewed because its sidecar is cut off ' +
      'from the issuer: from then on new connections fail. Nothing while all are connected.',
    queries: [{ expr: `min(${CASCADE}) * 1000` }],
    links: [drillDown('Control plane', 'mesh-control-plane', 'series')] }),
];

const countdown = table({
  title: 'Countdown',
  description: 'Every certificate in use, the smallest share of its life left first. Thresholds are ' +
    'shares, not days: they fit certificates of a day and of ten years alike.',
  unit: 'none', height: 12,
  queries: [
    { expr: min(PLACE, of('remaining_ratio')) },
    { expr: min(PLACE, of('remaining_seconds')) },
    { expr: min(PLACE, `${of('not_after_timestamp_seconds')} * 1000`) },
    { expr: max(PLACE, `${of('last_rotation_timestamp_seconds')} * 1000`) },
    { expr: max(PLACE, of('rotation_overdue')) },
  ],
  sortBy: 'Life left', ascending: true,
  columns: [
    { of: 0, title: 'Life left', unit: 'percentunit', decimals: 1, min: 0, max: 1,
      steps: SHARE_LEFT, width: 90 },
    { of: 1, title: 'Remaining', unit: 's', steps: SOON, width: 100 },
    { of: 2, title: 'Expires', unit: 'dateTimeAsIso', width: 170 },
    { of: 3, title: 'Renewed', unit: 'dateTimeFromNow', width: 130 },
    { of: 4, title: 'Renewal', unit: 'none', words: OVERDUE, width: 90 },
    { of: 'role', title: 'Role', width: 100 },
    { of: 'namespace', title: 'Namespace', width: 120 },
    { of: 'pod', title: 'Pod', links: [
      drillDown('Only this pod', 'mesh-certificates', 'row', 'namespace', 'pod'),
      drillDown('Control plane of the pod', 'mesh-control-plane', 'row', 'namespace', 'pod')] },
    { of: 'certificate', title: 'Certificate' },
    { of: 'source', title: 'Seen by', width: 100 },
    { of: 'location', title: 'Location', width: 120 },
    { of: 'key_algorithm', title: 'Key', width: 80 },
  ],
});

const DETAILS = 'namespace, pod, certificate, state, role, source, location, serial, issuer, key, san';

const details = table({
  title: 'Details',
  description: 'Every certificate that is in use or draining (replaced and still listed): serial number, ' +
    'issuer, key and names, where the source tells them.',
  unit: 'none', height: 9,
  queries: [{ expr: max(DETAILS, of('info')) }],
  columns: [
    { of: 'namespace', title: 'Namespace', width: 110 },
    { of: 'pod', title: 'Pod', width: 130 },
    { of: 'certificate', title: 'Certificate' },
    { of: 'state', title: 'State', width: 90 },
    { of: 'role', title: 'Role', width: 100 },
    { of: 'source', title: 'Seen by', width: 100 },
    { of: 'location', title: 'Location', width: 120 },
    { of: 'serial', title: 'Serial', width: 160 },
    { of: 'issuer', title: 'Issuer', width: 160 },
    { of: 'key', title: 'Key', width: 90 },
    { of: 'san', title: 'Names' },
    { of: 0, title: 'Seen', unit: 'bool_yes_no', width: 70 },
  ],
});

const renewal = [
  graph({
    title: 'Life left', unit: 'percentunit', min: 0, max: 1, steps: SHARE_LEFT,
    description: 'Share of its life that each leaf has left. A healthy one draws a saw.',
    queries: [{ expr: min(LEAVES, of('remaining_ratio', LEAF)), legend: NAME }] }),
  graph({
    title: 'Rotations', unit: 'none', min: 0,
    description: 'Certificates that were seen replaced by a newer one.',
    queries: [{ expr: sum('namespace, role', growth(of('rotations_total'))),
                legend: '{{namespace}} {{role}}' }] }),
  timeline({
    title: 'Renewal in time', unit: 'none', height: 10, words: OVERDUE,
    description: 'When a leaf was past the point at which its mesh renews, plus slack.',
    queries: [{ expr: max(LEAVES, of('rotation_overdue')), legend: NAME }] }),
  graph({
    title: 'Failed renewals', unit: 'none', min: 0,
    description: 'By reason: key_rotation_failed, update_rejected, request_failed or file_unreadable, as ' +
      'the proxy or the agent of the mesh counts them. Linkerd counts no CA that does not answer.',
    queries: [{ expr: sum('namespace, pod, secret, reason', growth(of('rotation_failures_total'))),
                legend: '{{namespace}}/{{pod}} {{secret}} {{reason}}' }] }),
  graph({
    title: 'Connections under an older certificate', unit: 'none', min: 0,
    description: 'Connections older than the certificate now in use, and those whose certificate has ' +
      'expired, at least so many.',
    queries: [
      { expr: sum('namespace, pod, direction', of('stale_connections')),
        legend: '{{namespace}}/{{pod}} {{direction}} replaced' },
      { expr: sum('namespace, pod, direction', of('expired_connections')),
        legend: '{{namespace}}/{{pod}} {{direction}} expired' }] }),
];

const probe = (metric: string) => select('pod', `mesh_tls_probe_${metric}`);
const SHOWN = 'namespace, pod, endpoint';

const trust = [
  timeline({
    title: 'Served as reported', unit: 'none', height: 7, words: SAME,
    description: 'Whether the port at which a pod takes calls shows the certificate that its proxy ' +
      'reports as in use.',
    queries: [{ expr: max('namespace, pod, role, certificate', of('served_differs')),
                legend: '{{namespace}}/{{pod}} {{role}} {{certificate}}' }] }),
  timeline({
    title: 'Verified by a trust bundle', unit: 'none', height: 7, words: VERIFIED,
    description: 'Whether a configured bundle vouches for the chain that each port shows; the reason ' +
      'stands beside if not.',
    queries: [{ expr: max(`${SHOWN}, bundle, reason`, of('verified')),
                legend: '{{namespace}}/{{pod}} {{endpoint}} {{bundle}} {{reason}}' }] }),
  timeline({
    title: 'Roots in the bundle', unit: 'none', height: 7,
    words: [['missing', 'red'], ['in the bundle', 'green']],
    description: 'Whether the configured bundle has the root that a proxy trusts or a server shows.',
    queries: [{ expr: min('namespace, pod, location, certificate, bundle', of('root_in_bundle')),
                legend: '{{namespace}}/{{pod}} {{location}} {{certificate}} {{bundle}}' }] }),
  graph({
    title: 'TLS handshakes of the exporter', unit: 's', min: 0,
    description: 'How long the last handshake with each port took, connecting included.',
    queries: [{ expr: max(SHOWN, probe('duration_seconds')),
                legend: '{{namespace}}/{{pod}} {{endpoint}}' }] }),
  graph({
    title: 'Handshakes that brought a chain', unit: 'percentunit', min: 0, max: 1,
    description: 'Share of the ports whose last handshake brought a certificate chain.',
    queries: [{ expr: `avg by (namespace) (${probe('success')})`, legend: '{{namespace}}' }] }),
  table({
    title: 'What was negotiated', unit: 'none', height: 7,
    description: 'TLS version, cipher suite and protocol that each port agreed to, and whether the ' +
      'handshake was completed or held back for want of a client certificate.',
    queries: [{ expr: max(`${SHOWN}, version, cipher, alpn, state`, probe('info')) }],
    columns: [
      { of: 'namespace', title: 'Namespace' },
      { of: 'pod', title: 'Pod' },
      { of: 'endpoint', title: 'Port' },
      { of: 'version', title: 'TLS' },
      { of: 'cipher', title: 'Cipher' },
      { of: 'alpn', title: 'Protocol' },
      { of: 'state', title: 'Handshake' },
      { of: 0, title: 'Seen', unit: 'bool_yes_no' },
    ] }),
  graph({
    title: 'Failed TLS handshakes of callers', unit: 'cps', min: 0, width: 24,
    description: 'Handshakes per second with and by the sidecars that failed, by reason; what a broken ' +
      'rotation looks like from the traffic.',
    queries: [{
      expr: sum('namespace, pod, direction, reason',
                rate(select('pod', 'mesh_upstream_tls_failures_total'))),
      legend: '{{namespace}}/{{pod}} {{direction}} {{reason}}' }],
    links: [drillDown('Pools and breakers', 'mesh-pools', 'series', 'namespace', 'pod')] }),
];

export const certificates: Plan = {
  uid: 'mesh-certificates',
  title: 'Mesh / Certificates',
  description: 'Certificates in use, their countdown, their renewal, and what lives on under old ones.',
  podsOf: 'mesh_certificate_not_after_timestamp_seconds',
  rows: [
    { title: 'Countdown', panels: [...tiles, countdown, details] },
    { title: 'Renewal', panels: renewal },
    { title: 'What is shown and who trusts it', panels: trust },
  ],
};
