import 'reflect-metadata';
import type { Owner } from '../kernel/ids.js';
import { counters, dimensions } from '../metering/usage/usage-kinds.js';
import { readUsage, type Key, type UsageGroup } from '../metering/usage/usage.pull.js';
import { openFromSettings } from './open-snapshot.js';
import { readOptions } from './options.js';
import { say } from './say.js';

const keys: readonly Key[] = ['owner', ...dimensions];
const isKey = (name: string): name is Key => keys.some((key) => key === name);
const groupsAtOnce = 1000;

/** `pullcord usage [--group-by KEYS] [--from DAY] [--to DAY] [--owner NAME]`: a table, tab after each field but the last. */
export async function showUsage(args: readonly string[]): Promise<number | 'usage'> {
  const { options, rest } = readOptions(args, ['group-by', 'from', 'to', 'owner']);
  const group_by = (options.get('group-by') ?? 'owner,model').split(',');
  const [from, to] = [options.get('from'), options.get('to')];
  const isDay = (day = '2026-11-22'): boolean => /^\d{4}-\d\d-\d\d$/.test(day);
  const known = group_by.filter(isKey);
  const isTwice = new Set(known).size < known.length;
  // Of options that are not known, something is left over; of those that are, nothing.
  if (rest.length > 0 || args.length !== options.size * 2) return 'usage';
  if (known.length < group_by.length || isTwice || !isDay(from) || !isDay(to)) return 'usage';
  const snapshot = await openFromSettings();
  try {
    await say([...known, ...counters].join('\t'));
    for (let cursor: string | null | undefined; cursor !== null;) {
      const query = { group_by: known, limit: groupsAtOnce, from, to, ...(cursor && { cursor }) };
      const page = await readUsage(snapshot.reads, options.get('owner') as Owner | undefined, query);
      for (const group of page.groups) await say(lineOf(group, known));
      cursor = page.next_cursor;
    }
  } finally {
    await snapshot.close();
  }
  return 0;
}

const lineOf = ({ keys: of, counts }: UsageGroup, group_by: readonly Key[]): string =>
  [...group_by.map((key) => of[key] ?? ''), ...counters.map((name) => counts[name])].join('\t');
