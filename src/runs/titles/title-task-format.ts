import type { Context } from '../../contexts/context-row.js';
import type { BranchId, MessageId } from '../../kernel/ids.js';
import type { RunEntity } from '../run.entity.js';
import type { NewRun } from '../run.store.js';

type Titled = Pick<Context, 'title' | 'title_source'>;

/** A run that makes a title. It remembers the title that there was when it was asked for. Pure. */
export const titleRun = (
  { title, title_source }: Titled,
  branch: BranchId,
  messageId: MessageId,
): NewRun => ({
  kind: 'title',
  status: 'accepted',
  branch,
  messageId,
  model: null,
  input: JSON.stringify({ title, title_source } satisfies Titled),
});

/** Whether the user has set or removed the title since this run was asked for: then it stays as it is. Pure. */
export function isSetSince({ input }: Pick<RunEntity, 'input'>, now: Titled): boolean {
  if (now.title_source !== 'user') return false;
  const then = JSON.parse(input ?? '{"title":null,"title_source":null}') as Titled;
  return now.title !== then.title || now.title_source !== then.title_source;
}
