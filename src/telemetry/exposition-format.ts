import type { Distribution, Family, LabelValues } from './family.js';

/** The media type of what `exposition` writes. */
export const expositionType = 'text/plain; version=0.0.4; charset=utf-8';

/** The families in Prometheus' text format (prometheus.io/docs/instrumenting/exposition_formats). Pure. */
export const exposition = (families: readonly Family[]): string => families.map(familyText).join('');

function familyText(family: Family): string {
  const { name, about, kind, labelNames } = family;
  const lines = [`# HELP ${name} ${escapeHelp(about)}.`, `# TYPE ${name} ${kind}`];
  if (family.kind === 'histogram')
    for (const { labels, value } of family.series())
      lines.push(...distributionLines(name, pairs(labelNames, labels), value));
  else
    for (const { labels, value } of family.series())
      lines.push(`${name}${braced(pairs(labelNames, labels))} ${number(value)}`);
  return `${lines.join('\n')}\n`;
}

/** A bucket of the wire holds those below it too. */
function distributionLines(name: string, labels: readonly string[], distribution: Distribution): string[] {
  const { bounds, counts, sum } = distribution;
  let upto = 0;
  const buckets = counts.map((count, at) => {
    upto += count;
    const bound = bounds[at];
    const le = `le="${bound === undefined ? '+Inf' : number(bound)}"`;
    return `${name}_bucket${braced([...labels, le])} ${upto}`;
  });
  return [
    ...buckets,
    `${name}_sum${braced(labels)} ${number(sum)}`,
    `${name}_count${braced(labels)} ${upto}`,
  ];
}

const pairs = (names: readonly string[], values: LabelValues): string[] =>
  names.map((name, at) => `${name}="${escapeValue(values[at] ?? '')}"`);

const braced = (labels: readonly string[]): string => (labels.length === 0 ? '' : `{${labels.join(',')}}`);

const escapeHelp = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

const escapeValue = (text: string): string => escapeHelp(text).replaceAll('"', '\\"');

/** JavaScript writes numbers as Go reads them, but for the infinite ones. */
const number = (value: number): string =>
  Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
