// Facts that several dashboards share and that others decide.

// The statuses that the exporter counts as failure unless grpc.failure_codes says otherwise.
export const FAILURES = 'UNKNOWN|DEADLINE_EXCEEDED|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|DATA_LOSS|' +
  'RESOURCE_EXHAUSTED';

// Where the runbook is read, until the reader's own copy is typed in.
export const RUNBOOK =
  'https://github.com/mesh-exporter/mesh_exporter/blob/main/docs/runbook.md';
