// What numbers look like: names for codes, and colours by threshold. Colour is never alone: wherever one
// is given, a word or the number stands beside it.
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';

export type Colour = 'green' | 'yellow' | 'orange' | 'red' | 'blue' | 'gray' | 'text';

// [value from which on, colour]…, the first for all below.
export type Steps = [number | null, Colour][];

export function thresholds(steps: Steps): dashboard.ThresholdsConfigBuilder {
  return new dashboard.ThresholdsConfigBuilder()
    .mode(dashboard.ThresholdsMode.Absolute)
    .steps(steps.map(([value, color]) => ({ value, color })));
}

// Where more is worse.
export const NONE_IS_GOOD: Steps = [[null, 'green'], [1, 'red']];
export const NONE_IS_BETTER: Steps = [[null, 'green'], [1, 'orange']];
// Where there is a value only while something is wrong.
export const ANY_IS_BAD: Steps = [[null, 'red']];
// Of a limit: it is refused at 1, and bursts need room before that.
export const USED_SHARE: Steps = [[null, 'green'], [0.7, 'orange'], [0.9, 'red']];
export const FAILED_SHARE: Steps = [[null, 'green'], [0.01, 'orange'], [0.05, 'red']];
// Of a certificate's life: every mesh renews before a tenth is left.
export const SHARE_LEFT: Steps = [[null, 'red'], [0.08, 'orange'], [0.2, 'green']];

// A number that stands for a word.
export type Word = [word: string, colour: Colour];

// Words for 0, 1, 2, …
export function words(...all: Word[]): dashboard.ValueMapping[] {
  return [{
    type: dashboard.MappingType.ValueToText,
    options: Object.fromEntries(
      all.map(([text, color], index) => [String(index), { text, color, index }])),
  }];
}

export const VERDICTS: Word[] = [
  ['balanced', 'green'], ['too_little_traffic', 'gray'], ['weighted', 'blue'],
  ['locality', 'blue'], ['ejected', 'yellow'], ['warming', 'yellow'],
  ['connection_pinned', 'red'], ['uneven', 'orange'],
];
export const SEVERITIES: Word[] = [
  ['none', 'green'], ['info', 'blue'], ['warning', 'orange'], ['critical', 'red'],
];
export const STATES: Word[] = [
  ['live', 'green'], ['draining', 'orange'], ['pre_initializing', 'yellow'],
  ['initializing', 'yellow'],
];
export const HEALTH: Word[] = [
  ['not_asked', 'gray'], ['serving', 'green'], ['unimplemented', 'blue'], ['unknown', 'yellow'], ['service_unknown', 'orange'],
  ['failed', 'orange'], ['not_serving', 'red'], ['unreachable', 'red'],
];
export const CONNECTED: Word[] = [['cut off', 'red'], ['connected', 'green']];
export const ANSWERS: Word[] = [['no answer', 'red'], ['answers', 'green']];
export const BREAKER: Word[] = [['closed', 'green'], ['open', 'red']];
export const OVERDUE: Word[] = [['in time', 'green'], ['overdue', 'red']];
export const SAME: Word[] = [['same', 'green'], ['differs', 'red']];
export const VERIFIED: Word[] = [['not verified', 'red'], ['verified', 'green']];
export const READ: Word[] = [['failed', 'red'], ['read', 'green']];
