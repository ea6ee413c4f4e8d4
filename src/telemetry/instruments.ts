import { declare, type Distribution } from './family.js';
import { SeriesOf } from './series.js';

/**
 * What the code counts with. An addition is an addition to a field, with no look-up where there are no labels: chunks,
 * signals and commits pass here. A counter of prom-client costs some ten times as much, and its package is a tenth of the
 * memory of an idle server.
 */
export class Count {
  value = 0;

  add(n = 1): void {
    this.value += n;
  }
}

/** Values sorted into buckets; a bucket holds what is at most its bound. */
export class Histogram implements Distribution {
  readonly counts: number[];
  sum = 0;

  constructor(readonly bounds: readonly number[]) {
    this.counts = new Array<number>(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    let at = 0;
    while (at < this.bounds.length && value > (this.bounds[at] ?? Infinity)) at += 1;
    this.counts[at] = (this.counts[at] ?? 0) + 1;
    this.sum += value;
  }
}

/** Seconds, from what a cache answers to what a person would not wait for. */
export const seconds = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
] as const;

/** What only ever grows, as a number of its own. */
export function counter(name: string, about: string): Count {
  const count = new Count();
  declare({
    kind: 'counter',
    name,
    about,
    labelNames: [],
    series: () => [{ labels: [], value: count.value }],
  });
  return count;
}

export interface CounterBy<Labels extends readonly string[]> {
  /** The count of these label values. */
  of(...labels: Labels): Count;
}

/** The same, apart by label values. */
export function counterBy<const Names extends readonly string[]>(
  name: string,
  about: string,
  labelNames: Names,
): CounterBy<ValuesOf<Names>> {
  const counts = new SeriesOf(() => new Count());
  const series = function* () {
    for (const { labels, value } of counts) yield { labels, value: value.value };
  };
  declare({ kind: 'counter', name, about, labelNames, series });
  return { of: (...labels) => counts.get(labels) };
}

type ValuesOf<Names extends readonly string[]> = { readonly [At in keyof Names]: string };

/** How values are spread. `bounds` go up. */
export function histogram(name: string, about: string, bounds: readonly number[] = seconds): Histogram {
  const values = new Histogram(bounds);
  declare({ kind: 'histogram', name, about, labelNames: [], series: () => [{ labels: [], value: values }] });
  return values;
}

export interface HistogramBy<Labels extends readonly string[]> {
  /** The distribution of these label values. */
  of(...labels: Labels): Histogram;
}

/** The same, apart by label values. */
export function histogramBy<const Names extends readonly string[]>(
  name: string,
  about: string,
  labelNames: Names,
  bounds: readonly number[] = seconds,
): HistogramBy<ValuesOf<Names>> {
  const all = new SeriesOf(() => new Histogram(bounds));
  declare({ kind: 'histogram', name, about, labelNames, series: () => all });
  return { of: (...labels) => all.get(labels) };
}
