// When something was, as briefly as one can tell it apart. Pure.

const dayMs = 24 * 60 * 60 * 1000;

/** `14:05` today, `Mon` in the last six days, `12 Mar` this year, else `12 Mar 2024`. */
export function formatMoment(time: string, now: Date, timeZone?: string): string {
  const moment = new Date(time);
  const format = (options: Intl.DateTimeFormatOptions, of = moment): string =>
    new Intl.DateTimeFormat('en-GB', { timeZone, ...options }).format(of);
  const day = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  if (format(day) === format(day, now)) return format({ hour: '2-digit', minute: '2-digit' });
  if (Math.abs(now.getTime() - moment.getTime()) < 6 * dayMs) return format({ weekday: 'short' });
  const isThisYear = format({ year: 'numeric' }) === format({ year: 'numeric' }, now);
  return format({ day: 'numeric', month: 'short', ...(isThisYear ? {} : { year: 'numeric' }) });
}
