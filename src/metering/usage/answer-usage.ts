import type { FastifyReply } from 'fastify';
import type { GetUsage, Usage } from './dto/usage-views.js';
import { counters } from './usage-kinds.js';

interface Asked {
  readonly usage: Usage;
  readonly query: GetUsage;
  readonly accept: string | undefined;
  /** The path and query of the request. */
  readonly url: string;
}

/** As JSON, or as a table where that was asked for. */
export async function answerUsage(
  reply: FastifyReply,
  { usage, query, accept, url }: Asked,
): Promise<Usage | string> {
  void reply.header('vary', 'Accept').header('cache-control', 'no-store');
  if ((query.format ?? (prefersCsv(accept) ? 'csv' : 'json')) === 'json') return usage;
  const { next_cursor } = usage;
  if (next_cursor !== null) void reply.header('link', `<${withCursor(url, next_cursor)}>; rel="next"`);
  void reply.header('content-type', 'text/csv; charset=utf-8; header=present');
  return toCsv(usage, query.group_by ?? []);
}

/** Who names it, and JSON not before it. A browser names neither. */
function prefersCsv(accept = ''): boolean {
  const types = accept.split(',').map((type) => type.split(';')[0]?.trim().toLowerCase());
  const [csv, json] = [types.indexOf('text/csv'), types.indexOf('application/json')];
  return csv >= 0 && (json < 0 || csv < json);
}

function withCursor(url: string, cursor: string): string {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  searchParams.set('cursor', cursor);
  return `${pathname}?${searchParams}`;
}

/** RFC 4180, with a line of names. Text that a spreadsheet would take for a formula is shown to be text. */
async function toCsv(usage: Usage, group_by: GetUsage['group_by'] = []): Promise<string> {
  // Loaded when a table is wanted for the first time.
  const { stringify } = await import('csv-stringify/sync');
  const keys = group_by.map((dimension) => (dimension === 'context' ? 'context_id' : dimension));
  return stringify(
    usage.groups.map((group) => ({ ...group, currency: usage.currency })),
    {
      header: true,
      columns: [...keys, ...counters, 'currency'],
      escape_formulas: true,
      record_delimiter: 'windows',
    },
  );
}
