// One bar for each row: how many times over it meets its target.

const rowHeight = 20;
const top = 44;
const labelWidth = 330;
const valueWidth = 170;
/** Tenfold either way is far enough to see; what lies beyond ends at the border. */
const reach = 10;
const marks = [0.1, 0.3, 1, 3, 10];

/** The picture's lines and its height, `width` wide. */
export function drawBars(rows, width) {
  const [left, right] = [labelWidth, width - valueWidth];
  const x = (times) => {
    const inReach = Math.min(reach, Math.max(1 / reach, times));
    return left + ((right - left) * (Math.log(inReach) + Math.log(reach))) / (2 * Math.log(reach));
  };
  const bottom = top + rows.length * rowHeight;
  return {
    height: bottom,
    lines: [
      `<text class="title" y="12">How many times over each target is met</text>`,
      ...marks.flatMap((mark) => [
        `<line class="${mark === 1 ? 'target' : 'grid'}" x1="${at(x(mark))}" x2="${at(x(mark))}" y1="${top - 4}" y2="${bottom}"/>`,
        `<text class="quiet middle" x="${at(x(mark))}" y="${top - 10}">${mark === 1 ? 'target' : `${mark} ×`}</text>`,
      ]),
      ...rows.flatMap((row, index) => drawRow(row, top + index * rowHeight, x, width)),
    ],
  };
}

function drawRow(row, y, x, width) {
  const end = x(timesMet(row));
  const [from, to] = [Math.min(x(1), end), Math.max(x(1), end)];
  const baseline = y + 14;
  return [
    `<text class="end" x="${labelWidth - 10}" y="${baseline}">${row.title}</text>`,
    `<rect class="${row.is_met ? 'met' : 'unmet'}" x="${at(from)}" y="${y + 4}" width="${at(Math.max(2, to - from))}" height="12" rx="2"/>`,
    `<text class="quiet end" x="${width}" y="${baseline}">${figureOf(row)}</text>`,
  ];
}

function timesMet({ target, ratio, value }) {
  const figure = target.of === 'ratio' ? ratio : value;
  return target.at_least === undefined ? target.at_most / figure : figure / target.at_least;
}

function figureOf({ target, ratio, value, unit }) {
  const [figure, shown] = target.of === 'ratio' ? [ratio, ''] : [value, ` ${unit}`];
  const limit = target.at_least === undefined ? `≤ ${target.at_most}` : `≥ ${target.at_least}`;
  return `${Number(figure.toPrecision(3))}${shown}, wanted ${limit}`;
}

const at = (number) => Number(number.toFixed(1));
