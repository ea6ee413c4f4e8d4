// A result as a table, for the terminal and for the page.

const columns = ['scenario', 'value', 'baseline', 'ratio', 'target', 'met', 'server CPU'];

const cells = (row) => [
  row.title,
  `${figure(row.value)} ${row.unit}`,
  row.baseline === undefined ? '' : `${figure(row.baseline)} ${row.baseline_name}`,
  row.ratio === undefined ? '' : `${row.ratio.toFixed(2)}${row.is_load_bound ? ' †' : ''}`,
  targetOf(row),
  row.is_met === undefined ? '' : row.is_met ? 'yes' : 'NO',
  row.details.cpu_us === undefined ? '' : cpuOf(row.details),
];

function targetOf({ target, unit }) {
  if (!target) return '';
  const limit = target.at_least === undefined ? `≤ ${target.at_most}` : `≥ ${target.at_least}`;
  return target.of === 'ratio' ? `${limit} ×` : `${limit} ${unit}`;
}

const cpuOf = ({ cpu_us: ours, baseline_cpu_us: theirs }) =>
  `${figure(ours)} µs${theirs === undefined ? '' : ` : ${figure(theirs)}`}`;

/** With no more digits than mean something. */
const figure = (number) =>
  number >= 100 ? Math.round(number).toLocaleString('en') : String(Number(number.toPrecision(3)));

const loadNote =
  '† The process that made the load was busy all the time: the faster side of the ratio could have shown more.';

const notesOf = ({ rows }) => (rows.some((row) => row.is_load_bound) ? [loadNote] : []);

export function textTable(result) {
  const lines = [columns, ...result.rows.map(cells)];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index].length)));
  const drawn = lines.map((line) => line.map((cell, index) => cell.padEnd(widths[index])).join('  '));
  return [...drawn.map((line) => line.trimEnd()), ...notesOf(result)].join('\n');
}

export function markdownTable(result) {
  const line = (parts) => `| ${parts.join(' | ')} |`;
  const table = [columns, columns.map(() => '---'), ...result.rows.map(cells)].map(line);
  return [...table, ...notesOf(result).flatMap((note) => ['', note])].join('\n');
}
