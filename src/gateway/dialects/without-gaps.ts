/** Only the members that have a value: an absent one is no key, so that what is sent is what was said. */
export const withoutGaps = <Values extends object>(values: Values): Partial<Values> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Values>;
