// A row of the result: what was measured, against what, and whether that is what was wanted.

/** The load is taken for the limit of a measurement when its process was busy for more than this. */
const busyLimit = 0.9;

/**
 * The row of a subject beside its baseline, both as `takeTurns` gives them. The target is the least ratio that is
 * wanted; without one the row is for information.
 */
export const ratioRow = ({ title, unit, subject, baseline, baselineName, atLeast }) =>
  row({
    title,
    unit,
    value: subject.rate,
    baseline: baseline.rate,
    baseline_name: baselineName,
    ratio: baseline.ratio,
    target: atLeast === undefined ? undefined : { of: 'ratio', at_least: atLeast },
    details: {
      p50_ms: subject.p50Ms,
      p99_ms: subject.p99Ms,
      cpu_us: subject.cpuUs,
      baseline_cpu_us: baseline.cpuUs,
      load_busy: Math.max(subject.loadBusy ?? 0, baseline.loadBusy ?? 0),
    },
  });

/** The row of a figure that is wanted below a limit. */
export const limitRow = ({ title, unit, value, atMost, baseline, baselineName, details }) =>
  row({
    ...{ title, unit, value, baseline, baseline_name: baselineName, details },
    ratio: baseline === undefined ? undefined : value / baseline,
    target: atMost === undefined ? undefined : { of: 'value', at_most: atMost },
  });

/** The row of a ratio that is wanted below a limit, such as memory per subscriber. */
export const ratioLimitRow = ({ title, unit, value, baseline, baselineName, atMost, details }) =>
  row({
    ...{ title, unit, value, baseline, baseline_name: baselineName, details },
    ratio: value / baseline,
    target: { of: 'ratio', at_most: atMost },
  });

function row({ target, details = {}, ...rest }) {
  const figure = target && (target.of === 'ratio' ? rest.ratio : rest.value);
  const isMet =
    target && (target.at_least === undefined ? figure <= target.at_most : figure >= target.at_least);
  const isLoadBound = (details.load_busy ?? 0) > busyLimit;
  return clean({ ...rest, target, is_met: isMet, is_load_bound: isLoadBound || undefined, details });
}

/** Without what is not there, and with no more digits than a measurement has. */
function clean(value) {
  if (typeof value === 'number') return Number(value.toPrecision(4));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([name, inner]) => [name, clean(inner)]));
}
