import { illegalTransition } from '../contexts/refusals.js';
import type { Context } from '../contexts/context-row.js';
import type { ContextId } from '../kernel/ids.js';

/** Where a context stands after a command. */
export interface Standing {
  readonly context_id: ContextId;
  readonly state: Context['state'];
  readonly revision: number;
}

export const standing = ({ id, state, revision }: Context): Standing => ({ context_id: id, state, revision });

/** For commands that are no transition: an archived context is read-only (409). */
export function refuseArchived(context: Context, action: string): void {
  if (context.state.type === 'archived') throw illegalTransition(context, action);
}
