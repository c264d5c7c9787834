// Selectors and the few forms of PromQL that the dashboards are written in. A selector names the metric
// and is narrowed by the variables that apply to it, `job` and `instance` always among them, so that no
// panel can forget one.

// What a series is about, from coarse to fine; each has the labels of the former and more.
export type Scope = 'exporter' | 'pod' | 'upstream' | 'method';

// Variables that narrow each scope beyond the former, and the label that each is about.
const NARROWED_BY: Record<Scope, Record<string, string>> = {
  exporter: { cluster: 'cluster', job: 'job', instance: 'instance' },
  pod: { namespace: 'namespace', workload: 'workload', pod: 'pod' },
  upstream: { upstream: 'upstream' },
  method: { service: 'grpc_service', method: 'grpc_method' },
};
const SCOPES: Scope[] = ['exporter', 'pod', 'upstream', 'method'];

function within(scope: Scope): [variable: string, label: string][] {
  return SCOPES.slice(0, SCOPES.indexOf(scope) + 1)
    .flatMap((one) => Object.entries(NARROWED_BY[one]));
}

// The variables of that scope, each narrowed by those before it.
export function namesWithin(scope: Scope): string[] {
  return within(scope).map(([variable]) => variable);
}

export function coarser(one: Scope, other: Scope): Scope {
  return SCOPES.indexOf(one) < SCOPES.indexOf(other) ? one : other;
}

// The metric as `scope` narrows it; `more` are further matchers such as `role="leaf"`.
export function select(scope: Scope, metric: string, ...more: string[]): string {
  const matchers = within(scope).map(([variable, label]) => `${label}=~"$${variable}"`);
  return `${metric}{${[...matchers, ...more].join(', ')}}`;
}

// The same of a metric that counts calls: as sidecars or as applications count them, never both.
export function counted(scope: Scope, metric: string, ...more: string[]): string {
  return select(scope, metric, 'mesh=~"$seen_by"', ...more);
}

// Per second, over as long as the zoom of the panel asks for.
export function rate(selector: string): string {
  return `rate(${selector}[$__rate_interval])`;
}

// How much it grew, from one point of a graph to the next.
export function growth(selector: string): string {
  return `increase(${selector}[$__rate_interval])`;
}

export function sum(labels: string, expression: string): string {
  return `sum by (${labels}) (${expression})`;
}

export function max(labels: string, expression: string): string {
  return `max by (${labels}) (${expression})`;
}

export function min(labels: string, expression: string): string {
  return `min by (${labels}) (${expression})`;
}

// What is over nothing is absent, not NaN. `how` tells how the sides match: `on (upstream) group_left ()`.
export function ratio(part: string, whole: string, how = ''): string {
  return `${part} / ${how && how + ' '}(${whole} > 0)`;
}

// The same where the part may never have been seen at all: 0 then.
export function share(part: string, whole: string): string {
  return ratio(`(${part} or ${whole} * 0)`, whole);
}

// 0 instead of nothing: for a tile that says how many there are.
export function orZero(expression: string): string {
  return `${expression} or vector(0)`;
}

// An enumeration (one series for each value of `label`, one of them 1) as a number for each `labels`: its
// place in `values`. What timelines are drawn from.
export function place(selected: (matcher: string) => string, label: string, values: string[],
                      labels: string): string {
  const terms = values.map((value, index) => `(${selected(`${label}="${value}"`)} == 1) * ${index}`);
  return max(labels, terms.join(' or '));
}
