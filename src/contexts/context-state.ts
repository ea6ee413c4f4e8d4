import type { MessageId } from '../kernel/ids.js';

/** What the pipeline is doing with an accepted message, in the order it usually gets there. */
export const stages = [
  'validating',
  'resolving_files',
  'enhancing_prompt',
  'optimizing_context',
  'preparing_request',
] as const;
export type Stage = (typeof stages)[number];

/** A tool call that waits for the user's decision. Its arguments are in the message, not here. */
export type PendingCall = { readonly tool_call_id: string; readonly tool_name: string };

/**
 * Where a context stands; stored and sent as it is. Counting: `attempt` and `depth` begin at 1, `done` calls of
 * `total` have finished, `step` is 0 until the first step of the workflow begins.
 */
export type ContextState =
  | { readonly type: 'initial' }
  | { readonly type: 'active'; readonly stage: Stage }
  | { readonly type: 'awaiting_llm'; readonly request_id: string; readonly attempt: number }
  | { readonly type: 'streaming_response'; readonly message_id: MessageId; readonly sequence: number }
  | {
      readonly type: 'processing_tool';
      readonly tool_id: string;
      readonly tool_name: string;
      readonly depth: number;
      readonly done: number;
      readonly total: number;
    }
  | {
      readonly type: 'processing_workflow';
      readonly workflow_id: string;
      readonly execution_id: string;
      readonly step: number;
    }
  | { readonly type: 'awaiting_user'; readonly reason: 'input' | 'depth_limit' }
  | {
      readonly type: 'awaiting_user';
      readonly reason: 'tool_approval';
      readonly pending: readonly PendingCall[];
    }
  | { readonly type: 'error'; readonly code: string; readonly message: string; readonly retryable: boolean }
  | { readonly type: 'archived' };

export type StateType = ContextState['type'];
export type StateOf<Type extends StateType> = Extract<ContextState, { type: Type }>;

/** What can happen to a context, with what the next state needs to know of it. */
export type ContextEvent =
  | { readonly type: 'message_accepted' }
  | { readonly type: 'message_recorded' }
  | { readonly type: 'stage_entered'; readonly stage: Stage }
  | { readonly type: 'llm_requested'; readonly request_id: string }
  | { readonly type: 'chunk_received'; readonly message_id: MessageId; readonly sequence: number }
  | { readonly type: 'response_completed' }
  | { readonly type: 'approval_required'; readonly pending: readonly PendingCall[] }
  /** The user decided about some of the calls; `pending` are those that are left. */
  | { readonly type: 'approval_recorded'; readonly pending: readonly PendingCall[] }
  | {
      /** Names the first call to be executed, its round of tool calls in this turn, and how many calls there are. */
      readonly type: 'tools_approved';
      readonly tool_id: string;
      readonly tool_name: string;
      readonly depth: number;
      readonly total: number;
    }
  | { readonly type: 'tools_denied' }
  | {
      readonly type: 'tool_started';
      readonly tool_id: string;
      readonly tool_name: string;
      readonly done: number;
    }
  | { readonly type: 'tools_completed' }
  | { readonly type: 'depth_exceeded' }
  | { readonly type: 'continue' }
  | {
      readonly type: 'workflow_started';
      readonly workflow_id: string;
      readonly execution_id: string;
      /** The step that had begun last when an execution goes on that rested; none when it begins. */
      readonly step?: number;
    }
  | { readonly type: 'step_started'; readonly step: number }
  | { readonly type: 'workflow_finished' }
  | { readonly type: 'failed'; readonly code: string; readonly message: string; readonly retryable: boolean }
  | { readonly type: 'cancelled' }
  | { readonly type: 'retry' }
  | { readonly type: 'archive' }
  | { readonly type: 'restore'; readonly has_messages: boolean };

export type EventType = ContextEvent['type'];
export type EventOf<Type extends EventType> = Extract<ContextEvent, { type: Type }>;

/** The next state, or undefined when this state or the event's data does not permit the move. */
type Move<From extends StateType, Type extends EventType> = (
  state: StateOf<From>,
  event: EventOf<Type>,
) => ContextState | undefined;
export type Table = { readonly [From in StateType]: { readonly [Type in EventType]?: Move<From, Type> } };

/** The whole machine: what is not in it is refused. docs/reference/state-machine.md explains each line. */
export const transitions: Table = {
  initial: { message_accepted: begin, workflow_started: beginWorkflow, archive },
  active: {
    stage_entered: (_, { stage }) => ({ type: 'active', stage }),
    llm_requested: (_, { request_id }) => ({ type: 'awaiting_llm', request_id, attempt: 1 }),
    message_recorded: usersTurn,
    failed: fail,
    cancelled: usersTurn,
  },
  awaiting_llm: {
    llm_requested: (state, { request_id }) => ({ ...state, request_id, attempt: state.attempt + 1 }),
    chunk_received: firstChunk,
    response_completed: usersTurn,
    tools_approved: beginTools,
    approval_required: askApproval,
    failed: fail,
    cancelled: usersTurn,
  },
  streaming_response: {
    chunk_received: nextChunk,
    response_completed: usersTurn,
    tools_approved: beginTools,
    approval_required: askApproval,
    failed: fail,
    cancelled: usersTurn,
  },
  processing_tool: {
    tool_started: nextTool,
    tools_completed: resume,
    depth_exceeded: () => ({ type: 'awaiting_user', reason: 'depth_limit' }),
    failed: fail,
    cancelled: usersTurn,
  },
  processing_workflow: {
    step_started: (state, { step }) => (isCount(step) && step > 0 ? { ...state, step } : undefined),
    approval_required: askApproval,
    workflow_finished: usersTurn,
    failed: fail,
    cancelled: usersTurn,
  },
  awaiting_user: {
    message_accepted: begin,
    approval_recorded: onlyAfter('tool_approval', fewerPending),
    tools_approved: onlyAfter('tool_approval', beginTools),
    tools_denied: onlyAfter('tool_approval', resume),
    continue: onlyAfter('depth_limit', resume),
    cancelled: onlyAfter('tool_approval', usersTurn),
    workflow_started: beginWorkflow,
    archive,
  },
  error: { message_accepted: begin, retry: begin, workflow_started: beginWorkflow, archive },
  archived: { restore: (_, { has_messages }) => (has_messages ? usersTurn() : { type: 'initial' }) },
};

/** The next state, or undefined when the table has no such move. */
export function tryTransition(state: ContextState, event: ContextEvent): ContextState | undefined {
  // The row and the column were chosen by these very types, which TypeScript cannot follow across two unions.
  const move = transitions[state.type][event.type] as Move<StateType, EventType> | undefined;
  return move?.(state, event);
}

/** A refused move, as a value; told from a state by `'illegal' in result`. */
export type IllegalTransition = {
  readonly illegal: true;
  readonly state: ContextState;
  readonly event: ContextEvent;
};

/** The next state, or what was refused. */
export const transition = (state: ContextState, event: ContextEvent): ContextState | IllegalTransition =>
  tryTransition(state, event) ?? { illegal: true, state, event };

const underWay: ReadonlySet<StateType> = new Set([
  'active',
  'awaiting_llm',
  'streaming_response',
  'processing_tool',
  'processing_workflow',
]);

/** True while a run or a workflow works in the context: the states that a crash leaves to be reconciled. */
export const isUnderWay = (state: ContextState): boolean => underWay.has(state.type);

const inSignals: ReadonlySet<string> = new Set([
  'stage',
  'request_id',
  'message_id',
  'tool_id',
  'workflow_id',
  'execution_id',
  'reason',
  'code',
]);

/**
 * A state as signals show it: its type and ids, at most 128 characters each. Tool ids are an upstream's choice, so one
 * that does not look like an id is left out: it could be text, and it could be longer than a signal may be.
 */
export function stateInSignal(state: ContextState): {
  readonly type: StateType;
  readonly [id: string]: string;
} {
  const shown: { type: StateType; [id: string]: string } = { type: state.type };
  for (const [name, value] of Object.entries(state))
    if (inSignals.has(name) && looksLikeId(value)) shown[name] = value;
  return shown;
}

const looksLikeId = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w.:/+=@|-]{1,128}$/.test(value);

// The moves that the table names. Declared as functions, so that the table can stand above them.

/** A message, or another try at the last one, goes through the pipeline from its start. */
function begin(): ContextState {
  return { type: 'active', stage: 'validating' };
}

/** The turn goes on with another model call; its message has been through the pipeline already. */
function resume(): ContextState {
  return { type: 'active', stage: 'preparing_request' };
}

function usersTurn(): ContextState {
  return { type: 'awaiting_user', reason: 'input' };
}

function archive(): ContextState {
  return { type: 'archived' };
}

function fail(_: ContextState, { code, message, retryable }: EventOf<'failed'>): ContextState {
  return { type: 'error', code, message, retryable };
}

/** The first chunk may have any sequence: an external producer begins its message before it has one, at 0. */
function firstChunk(_: ContextState, { message_id, sequence }: EventOf<'chunk_received'>) {
  return isCount(sequence) ? ({ type: 'streaming_response', message_id, sequence } as const) : undefined;
}

function nextChunk(state: StateOf<'streaming_response'>, event: EventOf<'chunk_received'>) {
  const isNewer = event.message_id === state.message_id && event.sequence > state.sequence;
  return isNewer ? firstChunk(state, event) : undefined;
}

function beginTools(_: ContextState, { tool_id, tool_name, depth, total }: EventOf<'tools_approved'>) {
  const isSane = isCount(depth) && depth > 0 && isCount(total) && total > 0;
  return isSane
    ? ({ type: 'processing_tool', tool_id, tool_name, depth, done: 0, total } as const)
    : undefined;
}

/** Calls may run side by side, so `done` may stand still; it never shrinks, and one that starts is not done. */
function nextTool(state: StateOf<'processing_tool'>, { tool_id, tool_name, done }: EventOf<'tool_started'>) {
  const isSane = isCount(done) && done >= state.done && done < state.total;
  return isSane ? { ...state, tool_id, tool_name, done } : undefined;
}

/** Copies the named fields only: the calls at hand may carry their arguments, which have no place in a state. */
function askApproval(
  _: ContextState,
  event: EventOf<'approval_required' | 'approval_recorded'>,
): ContextState | undefined {
  const pending = event.pending.map(({ tool_call_id, tool_name }) => ({ tool_call_id, tool_name }));
  return pending.length > 0 ? { type: 'awaiting_user', reason: 'tool_approval', pending } : undefined;
}

/** Decisions are not taken back: what waits now waited before, and is less. */
function fewerPending(state: StateOf<'awaiting_user'>, event: EventOf<'approval_recorded'>) {
  const before = state.reason === 'tool_approval' ? state.pending : [];
  const didWait = (id: string): boolean => before.some(({ tool_call_id }) => tool_call_id === id);
  const isLess = event.pending.length < before.length;
  return isLess && event.pending.every(({ tool_call_id }) => didWait(tool_call_id))
    ? askApproval(state, event)
    : undefined;
}

function beginWorkflow(
  _: ContextState,
  { workflow_id, execution_id, step = 0 }: EventOf<'workflow_started'>,
): ContextState | undefined {
  return isCount(step) ? { type: 'processing_workflow', workflow_id, execution_id, step } : undefined;
}

function onlyAfter<Type extends EventType>(
  reason: StateOf<'awaiting_user'>['reason'],
  move: Move<'awaiting_user', Type>,
): Move<'awaiting_user', Type> {
  return (state, event) => (state.reason === reason ? move(state, event) : undefined);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
