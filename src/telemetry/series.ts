import type { LabelValues } from './family.js';

/** The code keeps labels few; should it fail to, memory and scrapes stay bounded all the same. */
export const mostSeries = 2_000;

/** What stands for the labels of the series that there was no room for. */
const overflow = 'other';

/**
 * One instrument for each set of label values, made when it is first asked for. Past `mostSeries` all new ones share a
 * single instrument, whose every label is `other`.
 */
export class SeriesOf<Instrument> {
  private readonly made = new Map<string, { readonly labels: LabelValues; readonly value: Instrument }>();

  constructor(private readonly make: () => Instrument) {}

  get(labels: LabelValues): Instrument {
    // A value of one label is its own key: joining costs more than all the rest.
    const key = labels.length === 1 ? (labels[0] ?? '') : labels.join('\n');
    return this.made.get(key)?.value ?? this.add(key, labels);
  }

  *[Symbol.iterator](): IterableIterator<{ readonly labels: LabelValues; readonly value: Instrument }> {
    yield* this.made.values();
  }

  private add(key: string, labels: LabelValues): Instrument {
    const isFull = this.made.size >= mostSeries;
    const kept = isFull ? labels.map(() => overflow) : labels;
    const keptKey = isFull ? '' : key;
    const known = this.made.get(keptKey)?.value;
    if (known) return known;
    const value = this.make();
    this.made.set(keptKey, { labels: kept, value });
    return value;
  }
}
