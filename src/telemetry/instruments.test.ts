import { describe, expect, it } from 'vitest';
import { exposition } from './exposition-format.js';
import { families } from './family.js';
import { counter, counterBy, Histogram, histogramBy } from './instruments.js';
import { mostSeries, SeriesOf } from './series.js';

/** What is shown of the families whose names begin so. */
const shown = (name: string): string =>
  exposition(families().filter((family) => family.name.startsWith(name)));

describe('a counter', () => {
  it('is there before anything was counted, and adds up', () => {
    const count = counter('test_plain_total', 'Something');
    expect(shown('test_plain')).toBe(
      '# HELP test_plain_total Something.\n# TYPE test_plain_total counter\ntest_plain_total 0\n',
    );
    count.add();
    count.add(41);
    expect(shown('test_plain')).toContain('\ntest_plain_total 42\n');
  });

  it('keeps label values apart, and writes whatever is in them so that it can be read', () => {
    const counts = counterBy('test_labels_total', 'Something\nelse, with a \\', ['one', 'two']);
    counts.of('a', 'b').add();
    counts.of('a', 'b').add();
    counts.of('a"\\\n', '').add();
    expect(shown('test_labels').split('\n')).toEqual([
      '# HELP test_labels_total Something\\nelse, with a \\\\.',
      '# TYPE test_labels_total counter',
      'test_labels_total{one="a",two="b"} 2',
      'test_labels_total{one="a\\"\\\\\\n",two=""} 1',
      '',
    ]);
  });

  it('has one place in the code', () => {
    counter('test_twice_total', 'Something');
    expect(() => counter('test_twice_total', 'Something')).toThrow(
      'test_twice_total is measured in two places.',
    );
  });
});

describe('a histogram', () => {
  it('puts a value that is a bound into the bucket of that bound, and what is beyond all into the last', () => {
    const values = new Histogram([1, 2, 5]);
    for (const value of [0, 1, 1.5, 2, 5, 5.1, Infinity]) values.observe(value);
    expect(values.counts).toEqual([2, 2, 1, 2]);
  });

  it('is shown with buckets that hold those below them', () => {
    const values = histogramBy('test_spread_seconds', 'Something', ['by'], [0.1, 1]);
    for (const value of [0.05, 0.5, 0.25, 9]) values.of('me').observe(value);
    expect(shown('test_spread').split('\n').slice(2)).toEqual([
      'test_spread_seconds_bucket{by="me",le="0.1"} 1',
      'test_spread_seconds_bucket{by="me",le="1"} 3',
      'test_spread_seconds_bucket{by="me",le="+Inf"} 4',
      'test_spread_seconds_sum{by="me"} 9.8',
      'test_spread_seconds_count{by="me"} 4',
      '',
    ]);
  });
});

describe('the series of a family', () => {
  it(`are never more than ${mostSeries} and one, which then stands for all the others`, () => {
    const all = new SeriesOf(() => ({ n: 0 }));
    for (let n = 0; n < mostSeries + 500; n++) all.get([`a${n}`, 'b']).n += 1;
    const series = [...all];
    expect(series).toHaveLength(mostSeries + 1);
    expect(series.at(-1)).toEqual({ labels: ['other', 'other'], value: { n: 500 } });
    all.get(['a7', 'b']).n += 1;
    expect(series[7]).toEqual({ labels: ['a7', 'b'], value: { n: 2 } });
  });
});
