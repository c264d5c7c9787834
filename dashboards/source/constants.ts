// Facts that several dashboards share and that others decide.

// The statuses that the exporter counts as failure unless grpc.failure_codes says otherwise.
export const FAILURES = 'UNKNOWN|DEADLINE_EXCEEDED|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|DATA_LOSS|' +
  'RESOURCE_EXHAUSTED';

// Values of the label `mesh` of those who count calls on their way, and of those who count their own:
// the same calls, so that the two are never added up.
export const SIDECARS = 'envoy|istio|linkerd|consul|appmesh|proxyless';
export const APPLICATIONS = 'app';

// Where the runbook is read, until the reader's own copy is typed in.
export const RUNBOOK =
  'https://github.com/mesh-exporter/mesh_exporter/blob/main/docs/runbook.md';
