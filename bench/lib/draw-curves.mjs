// Beside each other, one chart for what there is more and more of: what a request costs, as a multiple of what it
// costs when there is least.

const height = 260;
const [top, bottom] = [56, 210];
const gap = 46;
const limit = 1.3;
const least = 0.5;

export function drawCurves(curves, width) {
  const things = [...new Set(curves.map(({ of }) => of))];
  const chartWidth = (width - gap * (things.length - 1)) / things.length;
  const most = Math.max(2, ...curves.flatMap(({ points }) => points.map(({ cost }) => cost)));
  const y = (cost) => bottom - ((bottom - top) * (Math.max(least, cost) - least)) / (most - least);
  return {
    height,
    lines: [
      `<text class="title" y="12">Cost of a request by size, against the smallest size</text>`,
      ...key([...new Set(curves.map(({ measure }) => measure))]),
      ...things.flatMap((thing, index) => [
        `<g transform="translate(${at(index * (chartWidth + gap))} 0)">`,
        ...drawChart(
          thing,
          curves.filter(({ of }) => of === thing),
          { chartWidth, y, most },
        ),
        '</g>',
      ]),
    ],
  };
}

const key = (measures) =>
  measures.flatMap((measure, index) => [
    `<rect class="k${index}" x="${index * 110}" y="24" width="14" height="4"/>`,
    `<text x="${index * 110 + 20}" y="31">${measure}</text>`,
  ]);

function drawChart(thing, curves, { chartWidth, y, most }) {
  const sizes = curves[0].points.map(({ size }) => size);
  const [first, last] = [sizes[0], sizes.at(-1)].map(Math.log10);
  const left = 30;
  const x = (size) => left + ((chartWidth - left) * (Math.log10(size) - first)) / (last - first);
  return [
    ...ticks(most).flatMap((tick) => [
      `<line class="grid" x1="${left}" x2="${at(chartWidth)}" y1="${at(y(tick))}" y2="${at(y(tick))}"/>`,
      `<text class="quiet end" x="${left - 6}" y="${at(y(tick) + 4)}">${tick} ×</text>`,
    ]),
    `<line class="target" stroke-dasharray="4 4" x1="${left}" x2="${at(chartWidth)}" y1="${at(y(limit))}" y2="${at(y(limit))}"/>`,
    ...sizes.map(
      (size) => `<text class="quiet middle" x="${at(x(size))}" y="${bottom + 18}">${short(size)}</text>`,
    ),
    `<text class="middle" x="${at((chartWidth + left) / 2)}" y="${bottom + 38}">${thing}</text>`,
    ...curves.map(({ points }, index) => {
      const line = points.map(({ size, cost }) => `${at(x(size))},${at(y(cost))}`).join(' ');
      return `<polyline class="line c${index}" points="${line}"/>`;
    }),
  ];
}

/** Whole steps, at most about five of them. */
function ticks(most) {
  const step = most <= 2.5 ? 0.5 : Math.ceil(most / 5);
  const all = Array.from({ length: Math.floor(most / step) }, (_, index) => (index + 1) * step);
  return [...new Set([1, ...all])];
}

const short = (size) => (size >= 1e6 ? `${size / 1e6}M` : size >= 1e3 ? `${size / 1e3}k` : String(size));

const at = (number) => Number(number.toFixed(1));
