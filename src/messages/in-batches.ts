/** Ids in one statement at most. */
const most = 256;

/** The values a few at a time, so that no statement grows with their number. Pure. */
export function inBatches<Value>(values: readonly Value[]): readonly (readonly [Value, ...Value[]])[] {
  const batches: (readonly [Value, ...Value[]])[] = [];
  for (let at = 0; at < values.length; at += most) {
    const [first, ...rest] = values.slice(at, at + most);
    if (first !== undefined) batches.push([first, ...rest]);
  }
  return batches;
}
