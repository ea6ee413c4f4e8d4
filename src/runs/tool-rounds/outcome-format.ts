import type { ToolFault, ToolOutcome } from '../../tools/tool-outcome.js';

/** What came of a call, and when that was known (RFC 3339). */
export type TimedOutcome = ToolOutcome & { readonly executed_at: string };

/** Why a round ends before all of its calls were made. */
export type RoundEnd = 'cancelled' | 'failed' | 'depth_limit' | 'superseded';

const without = (execution_status: 'failed' | 'cancelled', code: string, message: string): ToolOutcome => ({
  execution_status,
  result: null,
  error: { code, message },
  duration_ms: 0,
});

/** The call that was written cannot be made. The model reads why, and may call again. */
export const refused = ({ code, message, details }: ToolFault): ToolOutcome => ({
  execution_status: 'failed',
  result: null,
  error: { code, message, ...(details !== undefined && { details }) },
  duration_ms: 0,
});

/** The user does not want it. */
export const denied = (reason?: string): ToolOutcome =>
  without(
    'cancelled',
    'denied',
    reason ? `The user denied this call: ${reason}` : 'The user denied this call.',
  );

/** The user said so once and for all. */
export const deniedForAll = (toolName: string): ToolOutcome =>
  without('cancelled', 'denied', `The user has denied all calls of ${toolName} in this conversation.`);

/** It was running when its process ended. */
export const interrupted = (): ToolOutcome =>
  without('failed', 'interrupted', 'The server stopped while it ran; whether it had an effect is not known.');

const notMade: { readonly [End in RoundEnd]: readonly [code: string, message: string] } = {
  cancelled: ['cancelled', 'The call was not made: the user stopped the turn.'],
  failed: ['not_made', 'The call was not made: the turn failed before.'],
  depth_limit: [
    'depth_limit',
    'The call was not made: the turn has had as many rounds of calls as it may have.',
  ],
  superseded: ['not_approved', 'The call was not made: the user went on without approving it.'],
};

/** Its turn ended before it was made. */
export const unmade = (end: RoundEnd): ToolOutcome => without('cancelled', ...notMade[end]);

/** Its turn was stopped while it ran; what it answers comes later, if it does. */
export const leftRunning = (): ToolOutcome =>
  without(
    'cancelled',
    'cancelled',
    'The user stopped the turn while the call ran; whether it had an effect is not known.',
  );
