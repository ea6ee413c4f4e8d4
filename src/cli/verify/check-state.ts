import type { ContextEntity } from '../../contexts/context.entity.js';
import { isUnderWay, type ContextState } from '../../contexts/context-state.js';
import { ContextStateView } from '../../contexts/dto/state-views.js';
import { Nested, parseFields } from '../../http/fields.js';
import type { RunEntity } from '../../runs/run.entity.js';
import type { OpenStreamEntity } from '../../streaming/open-stream.entity.js';
import { parseJson } from './parse-json.js';

export interface Standing {
  readonly context: ContextEntity;
  readonly stream: OpenStreamEntity | undefined;
  /** Its runs that are not over. */
  readonly runs: readonly RunEntity[];
}

/** Whether a context's state is one that exists, and says the same as its open stream and its open runs. */
export function checkState(standing: Standing): readonly string[] {
  const { context, stream, runs } = standing;
  const state = readState(context.state);
  if (typeof state === 'string') return [state];
  const answering = runs.filter((run) => run.kind !== 'title' && run.status !== 'queued');
  return [
    ...(state.type === context.state_type
      ? []
      : [`its state is ${state.type}, listed as ${context.state_type}`]),
    ...((context.is_archived === 1) === (state.type === 'archived')
      ? []
      : [`its state is ${state.type}, but is_archived is ${context.is_archived}`]),
    ...checkStream(state, stream),
    ...checkAnswering(state, stream, answering),
    ...checkQueue(state, runs),
  ];
}

class StateHolder {
  @Nested(() => ContextStateView, { about: 'The state.' }) readonly state!: ContextState;
}

function readState(text: string): ContextState | string {
  const state = parseJson(text);
  try {
    return parseFields(StateHolder, { state }).state;
  } catch (error) {
    return `its state is none that exists: ${(error as Error).message}`;
  }
}

function checkStream(state: ContextState, stream: OpenStreamEntity | undefined): readonly string[] {
  if (state.type !== 'streaming_response')
    return stream ? [`message ${stream.message_id} has an open stream in the state ${state.type}`] : [];
  if (stream?.message_id !== state.message_id)
    return [`message ${state.message_id} streams, without an open stream`];
  return state.sequence <= stream.sequence
    ? []
    : [`its state is at sequence ${state.sequence}, its stream at ${stream.sequence}`];
}

/** Every turn under way belongs to exactly one run, or to the producer of an external stream. */
function checkAnswering(
  state: ContextState,
  stream: OpenStreamEntity | undefined,
  answering: readonly RunEntity[],
): readonly string[] {
  const ids = answering.map((run) => run.id).join(', ');
  if (state.type === 'awaiting_user' && state.reason === 'tool_approval')
    return answering.length === 1 && answering[0]?.status === 'waiting'
      ? []
      : [`${answering.length} runs are open while an approval is awaited, not one that waits`];
  if (!isUnderWay(state)) return ids === '' ? [] : [`run ${ids} is open in the state ${state.type}`];
  if (stream?.run_id === null) return ids === '' ? [] : [`run ${ids} is open beside an external producer`];
  if (answering.length !== 1)
    return [`${answering.length} runs are open in the state ${state.type}, not one`];
  if (stream && stream.run_id !== answering[0]?.id)
    return [`its stream belongs to run ${stream.run_id}, but run ${ids} is open`];
  return [];
}

function checkQueue(state: ContextState, runs: readonly RunEntity[]): readonly string[] {
  const queued = runs.filter((run) => run.status === 'queued');
  const isWaiting = isUnderWay(state) || (state.type === 'awaiting_user' && state.reason !== 'input');
  return [
    ...(queued.length > 0 && !isWaiting ? [`${queued.length} messages wait behind a turn that is over`] : []),
    ...queued
      .filter((run) => parseJson(run.input ?? '') === undefined)
      .map((run) => `run ${run.id} waits, but its message is not JSON`),
  ];
}
