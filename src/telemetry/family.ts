/** What may be said about a series: words from the code or the settings, never an id, an owner or a text. */
export type LabelValues = readonly string[];

/** One number, or one distribution, of a family. */
export interface Series<Value> {
  readonly labels: LabelValues;
  readonly value: Value;
}

/** How long, or how large, things were: how many were at most each bound, and all of them together. */
export interface Distribution {
  readonly bounds: readonly number[];
  /** How many were in each bucket alone; the last one holds what was beyond every bound. */
  readonly counts: readonly number[];
  readonly sum: number;
}

interface About {
  /** `pullcord_…`, with its unit and, of a counter, `_total` at the end (prometheus.io/docs/practices/naming). */
  readonly name: string;
  /** One sentence without its full stop. */
  readonly about: string;
  readonly labelNames: readonly string[];
}

/** Everything of one name that is measured, as whoever scrapes it is told. */
export type Family =
  | (About & { readonly kind: 'counter' | 'gauge'; readonly series: () => Iterable<Series<number>> })
  | (About & { readonly kind: 'histogram'; readonly series: () => Iterable<Series<Distribution>> });

const declared = new Map<string, Family>();

/** Adds a family to those that are shown. A name that is there already is a mistake of the code. */
export function declare(family: Family): void {
  if (declared.has(family.name)) throw new Error(`${family.name} is measured in two places.`);
  declared.set(family.name, family);
}

/** Every family of the code that was loaded, by name. */
export const families = (): readonly Family[] =>
  [...declared.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
