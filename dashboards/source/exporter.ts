// Exporter: whether what the other dashboards show may be believed, and what it costs.
import { Plan } from './frame';
import { drillDown } from './links';
import { ANSWERS, NONE_IS_BETTER, NONE_IS_GOOD, READ, Steps } from './looks';
import { graph, stat, timeline } from './panels';
import { growth, max, min, orZero, rate, select, sum } from './select';
import { table } from './table';

const own = (metric: string, ...more: string[]) => select('exporter', metric, ...more);
const target = (metric: string, ...more: string[]) => select('pod', `mesh_target_${metric}`, ...more);
const POD = 'namespace, pod';
const NAME = '{{namespace}}/{{pod}}';
const UP = target('up');
const STALE: Steps = [[null, 'green'], [60, 'orange'], [300, 'red']];

const tiles = [
  stat({
    title: 'Exporters', unit: 'none',
    description: 'Exporters that Prometheus scrapes.',
    queries: [{ expr: `count(${own('mesh_exporter_build_info')})` }] }),
  stat({
    title: 'Targets', unit: 'none',
    description: 'Sidecars that are configured or discovered.',
    queries: [{ expr: `sum(${own('mesh_exporter_targets')})` }] }),
  stat({
    title: 'Without an answer', unit: 'none', steps: NONE_IS_GOOD,
    description: 'Sidecars whose last poll brought nothing.',
    queries: [{ expr: `count(${UP} == 0) or vector(0)` }] }),
  stat({
    title: 'Oldest snapshot', unit: 's', min: 0, steps: STALE,
    description: 'Age of what an exporter shows about its targets, of the one that lags most.',
    queries: [{ expr: `max(${own('mesh_exporter_snapshot_age_seconds')})` }] }),
  stat({
    title: 'Configurations refused', unit: 'none', steps: NONE_IS_GOOD,
    description: 'Exporters whose configuration had errors the last time it was read; they run on with ' +
      'the one before.',
    queries: [{
      expr: `count(${own('mesh_exporter_config_last_reload_successful')} == 0) or vector(0)` }] }),
  stat({
    title: 'Backed off', unit: 'none', steps: NONE_IS_BETTER,
    description: 'Sidecars that are asked more rarely than the most often asked one of their exporter, ' +
      'because they answer slowly or not at all.',
    queries: [{ expr: orZero(`count(${target('poll_interval_seconds')} > on (job, instance) group_left () ` +
      `${min('job, instance', target('poll_interval_seconds'))})`) }] }),
];

const builds = table({
  title: 'Builds', unit: 'none', height: 6,
  description: 'What each exporter is and was built with.',
  queries: [{ expr: max('instance, version, revision, compiler, platform',
                        own('mesh_exporter_build_info')) }],
  columns: [
    { of: 'instance', title: 'Exporter' },
    { of: 'version', title: 'Version' },
    { of: 'revision', title: 'Revision' },
    { of: 'compiler', title: 'Compiler' },
    { of: 'platform', title: 'Platform' },
    { of: 0, title: 'Up', unit: 'bool_yes_no' },
  ],
});

const targets = [
  timeline({
    title: 'Answers of the targets', unit: 'none', height: 10, words: ANSWERS,
    description: 'Whether the last poll of each target brought readings.',
    queries: [{ expr: min(POD, UP), legend: NAME }],
    links: [drillDown('Sidecar', 'mesh-sidecars', 'series', 'namespace', 'pod')] }),
  graph({
    title: 'Questions without an answer', unit: 'none', min: 0,
    description: 'By reason: connect, timeout, tls, http_status, too_large, parse, forbidden or not_asked (a file ' +
      'of the agent\'s own TLS cannot be used). Only where there were any; nothing at all is good.',
    queries: [{ expr: `${sum(`${POD}, reason`, growth(target('scrape_errors_total')))} > 0`,
                legend: `${NAME} {{reason}}` }] }),
  graph({
    title: 'Since the last success', unit: 's', min: 0, steps: STALE,
    description: 'Time since a poll of each target last succeeded.',
    queries: [{ expr: `time() - ${max(POD, target('last_success_timestamp_seconds'))}`,
                legend: NAME }] }),
  graph({
    title: 'What a poll takes', unit: 's', min: 0,
    description: 'How long the last poll of each target took, all its questions together: what it costs ' +
      'the main thread of the proxy at most.',
    queries: [{ expr: max(POD, target('scrape_duration_seconds')), legend: NAME }] }),
  graph({
    title: 'What a poll brings', unit: 'bytes', min: 0,
    description: 'Size of the answers of the last poll of each target.',
    queries: [{ expr: max(POD, target('scrape_bytes')), legend: NAME }] }),
  graph({
    title: 'Pace', unit: 's', min: 0,
    description: 'Time from one poll of each target to the next. Above the configured interval the ' +
      'exporter has backed off so as to do no harm.',
    queries: [{ expr: max(POD, target('poll_interval_seconds')), legend: NAME }] }),
  graph({
    title: 'What could not be understood', unit: 'none', min: 0,
    description: 'Lines of answers that were skipped, and series whose method or upstream the source does ' +
      'not tell for certain; their labels are empty.',
    queries: [
      { expr: sum(POD, growth(target('parse_errors_total'))), legend: `${NAME} unreadable` },
      { expr: max(POD, target('ambiguous_series')), legend: `${NAME} ambiguous` }] }),
];

const sources = [
  graph({
    title: 'How targets are reached', unit: 'none', min: 0,
    description: 'Targets by way: their admin port, the same in the network namespace of their pod, their page ' +
      'of metrics, or a handshake. Of who is reached by a page only, much is hidden; the report of targets ' +
      'says what.',
    queries: [{ expr: `count by (method) (${max(`${POD}, method`, target('access'))})`, legend: '{{method}}' }] }),
  graph({
    title: 'Targets by source', unit: 'none', min: 0,
    description: 'Targets that each source of targets gives, beside those that the configuration lists.',
    queries: [{ expr: max('instance, source', own('mesh_exporter_discovered_targets')),
                legend: '{{instance}} {{source}}' }] }),
  graph({
    title: 'Sources that cannot be read', unit: 'none', min: 0, steps: NONE_IS_GOOD,
    description: 'Files and entries of each source of targets that cannot be read now; targets known before ' +
      'go on being watched.',
    queries: [{ expr: max('instance, source', own('mesh_exporter_discovery_problems')),
                legend: '{{instance}} {{source}}' }] }),
  graph({
    title: 'Since the sources were whole', unit: 's', min: 0,
    description: 'Time since each source of targets was last read without a problem.',
    queries: [{ expr: `time() - ${max('instance, source',
                                      own('mesh_exporter_discovery_last_success_timestamp_seconds'))}`,
                legend: '{{instance}} {{source}}' }] }),
];

const passes = [
  graph({
    title: 'Pass over all targets', unit: 's', min: 0,
    description: 'Time of the last pass: scrape is the sum over its targets, total lasts until all have ' +
      'answered, one interval at most.',
    queries: [{ expr: max('instance, stage', own('mesh_exporter_pass_duration_seconds')),
                legend: '{{instance}} {{stage}}' }] }),
  graph({
    title: 'Age of the snapshot', unit: 's', min: 0, steps: STALE,
    description: 'Age of what each exporter shows about its targets.',
    queries: [{ expr: max('instance', own('mesh_exporter_snapshot_age_seconds')),
                legend: '{{instance}}' }] }),
  graph({
    title: 'Series folded', unit: 'none', min: 0,
    description: 'Series over a limit that were summed into the label value other, by metric. Sums stay ' +
      'right, details are lost: raise the limit or find what mints names.',
    queries: [{ expr: sum('family', growth(own('mesh_exporter_series_folded_total'))),
                legend: '{{family}}' }] }),
  timeline({
    title: 'Configuration and trust bundles', unit: 'none', width: 12, words: READ,
    description: 'Whether the configuration, and each trust bundle, could be read the last time.',
    queries: [
      { expr: min('instance', own('mesh_exporter_config_last_reload_successful')),
        legend: '{{instance}} configuration' },
      { expr: min('instance, bundle', own('mesh_exporter_trust_bundle_readable')),
        legend: '{{instance}} bundle {{bundle}}' }] }),
  graph({
    title: 'Since the configuration was read', unit: 's', min: 0,
    description: 'Age of the configuration that is in force.',
    queries: [{
      expr: `time() - ${max('instance', own('mesh_exporter_config_last_reload_success_timestamp_seconds'))}`,
      legend: '{{instance}}' }] }),
  graph({
    title: 'Certificates that are not seen', unit: 'none', min: 0,
    description: 'Files by state (readable; kept: shown as last read; unreadable), and certificates that ' +
      'are known and left out because there are more than the bounds allow.',
    queries: [
      { expr: sum('instance, state', own('mesh_exporter_certificate_files')),
        legend: '{{instance}} files {{state}}' },
      { expr: sum('instance, source', own('mesh_exporter_certificates_left_out')),
        legend: '{{instance}} left out {{source}}' }] }),
];

const OURS = 'and on (job, instance) ' + own('mesh_exporter_build_info');

const cost = [
  graph({
    title: 'Processor', unit: 'percentunit', min: 0,
    description: 'Processor time per second, in cores.',
    queries: [{ expr: `${rate(own('process_cpu_seconds_total'))} ${OURS}`, legend: '{{instance}}' }] }),
  graph({
    title: 'Memory', unit: 'bytes', min: 0,
    description: 'Resident memory of each exporter.',
    queries: [{ expr: `${own('process_resident_memory_bytes')} ${OURS}`, legend: '{{instance}}' }] }),
  graph({
    title: 'File descriptors', unit: 'percentunit', min: 0, max: 1, steps: [[null, 'green'], [0.8, 'red']],
    description: 'Share of the file descriptors it may have that are open.',
    queries: [{
      expr: `${own('process_open_fds')} / (${own('process_max_fds')} > 0) ${OURS}`,
      legend: '{{instance}}' }] }),
  graph({
    title: 'Running for', unit: 's', min: 0,
    description: 'How long each exporter has run. Its counters begin anew when it starts.',
    queries: [{ expr: `time() - ${own('process_start_time_seconds')} ${OURS}`,
                legend: '{{instance}}' }] }),
];

export const exporter: Plan = {
  uid: 'mesh-exporter',
  title: 'Mesh / Exporter',
  description: 'Whether what the other dashboards show may be believed, and what it costs.',
  rows: [
    { title: 'At a glance', panels: [...tiles, builds] },
    { title: 'Targets', panels: targets },
    { title: 'Discovery', panels: sources },
    { title: 'Exporters', panels: passes },
    { title: 'Cost', panels: cost },
  ],
};
