import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MessageId } from '../kernel/ids.js';
import { actions, allowedActions } from './allowed-actions.js';
import { isUnderWay, stages, transition, transitions, tryTransition } from './context-state.js';
import type { ContextEvent, ContextState, PendingCall } from './context-state.js';

/*
 * The model that the code is held against is written a second time here, from the design's table and in another form:
 * lines of text. `awaiting_user` counts as three places, because its reason decides what may follow.
 */
const input = 'awaiting_user(input)';
const approval = 'awaiting_user(tool_approval)';
const limit = 'awaiting_user(depth_limit)';
const designed = `
  initial             | message_accepted active | workflow_started processing_workflow | archive archived
  active              | stage_entered active | llm_requested awaiting_llm | message_recorded ${input} | failed error | cancelled ${input}
  awaiting_llm        | llm_requested awaiting_llm | chunk_received streaming_response | response_completed ${input} | tools_approved processing_tool | approval_required ${approval} | failed error | cancelled ${input}
  streaming_response  | chunk_received streaming_response | response_completed ${input} | tools_approved processing_tool | approval_required ${approval} | failed error | cancelled ${input}
  processing_tool     | tool_started processing_tool | tools_completed active | depth_exceeded ${limit} | failed error | cancelled ${input}
  processing_workflow | step_started processing_workflow | approval_required ${approval} | workflow_finished ${input} | failed error | cancelled ${input}
  ${input}            | message_accepted active | workflow_started processing_workflow | archive archived
  ${approval}         | message_accepted active | workflow_started processing_workflow | archive archived | tools_approved processing_tool | tools_denied active | approval_recorded ${approval} | cancelled ${input}
  ${limit}            | message_accepted active | workflow_started processing_workflow | archive archived | continue active
  error               | message_accepted active | retry active | workflow_started processing_workflow | archive archived
  archived            | restore ${input}`;
const model = new Map(
  designed
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([from, ...moves]) => [from, new Map(moves.map((move) => move.split(' ') as [string, string]))]),
);

const place = (state: ContextState): string =>
  state.type === 'awaiting_user' ? `awaiting_user(${state.reason})` : state.type;

/** Where the model goes, undefined where it refuses. */
function predicted(state: ContextState, event: ContextEvent): string | undefined {
  const to = model.get(place(state))?.get(event.type);
  if (event.type === 'restore' && to && !event.has_messages) return 'initial';
  return isFitting(state, event) ? to : undefined;
}

/** The design's conditions on data: sequences grow, counts are counts, a tool that starts is one of the total. */
function isFitting(state: ContextState, event: ContextEvent): boolean {
  const { isSafeInteger: isWhole } = Number;
  if (event.type === 'chunk_received' && state.type === 'streaming_response')
    return (
      event.message_id === state.message_id && isWhole(event.sequence) && event.sequence >= state.sequence + 1
    );
  if (event.type === 'chunk_received') return isWhole(event.sequence) && event.sequence >= 0;
  if (event.type === 'tools_approved')
    return isWhole(event.depth) && isWhole(event.total) && event.depth >= 1 && event.total >= 1;
  if (event.type === 'tool_started' && state.type === 'processing_tool')
    return isWhole(event.done) && event.done >= Math.max(0, state.done) && event.done + 1 <= state.total;
  if (event.type === 'workflow_started' && event.step !== undefined)
    return isWhole(event.step) && event.step >= 0;
  if (event.type === 'step_started') return isWhole(event.step) && event.step >= 1;
  if (event.type === 'approval_recorded' && state.type === 'awaiting_user' && 'pending' in state) {
    const ids = state.pending.map(({ tool_call_id }) => tool_call_id);
    const isLess = event.pending.length >= 1 && event.pending.length < ids.length;
    return isLess && event.pending.every(({ tool_call_id }) => ids.includes(tool_call_id));
  }
  return event.type !== 'approval_required' || event.pending.length >= 1;
}

const name = fc.constantFrom('a', 'b', 'call_1');
const messageId = fc.constantFrom('m-1' as MessageId, 'm-2' as MessageId);
const number = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 6 }) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53) },
);
const pending = fc.array(fc.record({ tool_call_id: name, tool_name: name }), { maxLength: 3 });
const is = <Type extends ContextEvent['type']>(type: Type) => fc.constant(type);
const anyEvent: fc.Arbitrary<ContextEvent> = fc.oneof(
  fc.record({ type: is('stage_entered'), stage: fc.constantFrom(...stages) }),
  fc.record({ type: is('llm_requested'), request_id: name }),
  fc.record({ type: is('chunk_received'), message_id: messageId, sequence: number }),
  fc.record({ type: is('approval_required'), pending }),
  fc.record({ type: is('approval_recorded'), pending }),
  fc.record({ type: is('tools_approved'), tool_id: name, tool_name: name, depth: number, total: number }),
  fc.record({ type: is('tool_started'), tool_id: name, tool_name: name, done: number }),
  fc.record({ type: is('workflow_started'), workflow_id: name, execution_id: name }),
  fc.record({ type: is('workflow_started'), workflow_id: name, execution_id: name, step: number }),
  fc.record({ type: is('step_started'), step: number }),
  fc.record({ type: is('failed'), code: name, message: fc.string(), retryable: fc.boolean() }),
  fc.record({ type: is('restore'), has_messages: fc.boolean() }),
  fc.record({ type: fc.constantFrom('message_accepted', 'message_recorded', 'response_completed') }),
  fc.record({ type: fc.constantFrom('tools_denied', 'tools_completed', 'depth_exceeded', 'continue') }),
  fc.record({ type: fc.constantFrom('workflow_finished', 'cancelled', 'retry', 'archive') }),
);

const clockCall = (tool_call_id: string) => ({ tool_call_id, tool_name: 'clock' });

/** One event of every type that fits the state at hand. */
const fittingEvents = (state: ContextState): ContextEvent[] => [
  { type: 'message_accepted' },
  { type: 'message_recorded' },
  { type: 'stage_entered', stage: 'enhancing_prompt' },
  { type: 'llm_requested', request_id: 'r-2' },
  state.type === 'streaming_response'
    ? { type: 'chunk_received', message_id: state.message_id, sequence: state.sequence + 1 }
    : { type: 'chunk_received', message_id: 'm-1' as MessageId, sequence: 0 },
  { type: 'response_completed' },
  { type: 'approval_required', pending: [clockCall('call_1'), clockCall('call_2')] },
  {
    type: 'approval_recorded',
    pending: 'pending' in state ? state.pending.slice(1) : [clockCall('call_2')],
  },
  { type: 'tools_approved', tool_id: 'call_1', tool_name: 'clock', depth: 1, total: 2 },
  { type: 'tools_denied' },
  {
    type: 'tool_started',
    tool_id: 'call_2',
    tool_name: 'clock',
    done: state.type === 'processing_tool' ? state.done : 0,
  },
  { type: 'tools_completed' },
  { type: 'depth_exceeded' },
  { type: 'continue' },
  { type: 'workflow_started', workflow_id: 'w', execution_id: 'x' },
  { type: 'step_started', step: 1 },
  { type: 'workflow_finished' },
  { type: 'failed', code: 'idle_timeout', message: 'No chunk came.', retryable: true },
  { type: 'cancelled' },
  { type: 'retry' },
  { type: 'archive' },
  { type: 'restore', has_messages: true },
  { type: 'restore', has_messages: false },
];

const initial: ContextState = { type: 'initial' };
const idOf = ({ tool_call_id }: PendingCall): string => tool_call_id;

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}

/** Where a sequence of events ends; a refused event leaves the state as it was. */
const after = (...events: readonly ContextEvent[]): ContextState =>
  events.reduce<ContextState>((state, event) => tryTransition(state, event) ?? state, initial);

// Mostly steps that lead somewhere (an index into the moves that fit), so that sequences get deep into the machine.
const anyPath = fc.array(fc.oneof({ weight: 2, arbitrary: fc.nat() }, { weight: 1, arbitrary: anyEvent }), {
  maxLength: 40,
});
const reachable: fc.Arbitrary<ContextState> = anyPath.map((path) =>
  path.reduce<ContextState>((state, step) => {
    const moves = fittingEvents(state).filter((event) => tryTransition(state, event) !== undefined);
    const event = typeof step === 'number' ? moves[step % moves.length] : step;
    return (event && tryTransition(state, event)) ?? state;
  }, initial),
);

/** The nearest state that satisfies the wish, over fitting events; undefined when there is none within eight moves. */
function nearest(from: ContextState, wish: (state: ContextState) => boolean): ContextState | undefined {
  let edge = [from];
  for (let moves = 0; moves <= 8; moves += 1) {
    const found = edge.find(wish);
    if (found) return found;
    const next = edge.flatMap((state) =>
      fittingEvents(state).flatMap((event) => tryTransition(state, event) ?? []),
    );
    edge = [...new Map(next.map((state) => [place(state), state])).values()];
  }
  return undefined;
}

describe('the context state machine, over random events', () => {
  it('goes where the design says and nowhere else', () => {
    fc.assert(
      fc.property(reachable, anyEvent, (state, event) => {
        const next = tryTransition(state, event);
        expect(next && place(next)).toBe(predicted(state, event));
      }),
      { numRuns: 3000 },
    );
  });

  it('judges every number that an event may carry as the design does, everywhere', () => {
    const numbers = [-1, 0, 0.5, 1, 2, 3, 4, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY];
    const events = numbers.flatMap((n): ContextEvent[] => [
      { type: 'chunk_received', message_id: 'm-1' as MessageId, sequence: n },
      { type: 'chunk_received', message_id: 'm-2' as MessageId, sequence: n },
      { type: 'tool_started', tool_id: 'call_2', tool_name: 'clock', done: n },
      { type: 'tools_approved', tool_id: 'call_1', tool_name: 'clock', depth: n, total: 1 },
      { type: 'tools_approved', tool_id: 'call_1', tool_name: 'clock', depth: 1, total: n },
      { type: 'step_started', step: n },
      { type: 'workflow_started', workflow_id: 'w', execution_id: 'x', step: n },
    ]);
    const states: ContextState[] = [
      ...[...model.keys()].flatMap((from) => nearest(initial, (state) => place(state) === from) ?? []),
      { type: 'streaming_response', message_id: 'm-1' as MessageId, sequence: 2 },
      { type: 'processing_tool', tool_id: 'call_1', tool_name: 'clock', depth: 1, done: 1, total: 3 },
    ];
    for (const state of states)
      for (const event of events) {
        const next = tryTransition(state, event);
        expect(next && place(next), JSON.stringify([state, event])).toBe(predicted(state, event));
      }
  });

  it('takes every designed move, and refuses every other, at every place', () => {
    for (const [from, moves] of model) {
      const state = nearest(initial, (reached) => place(reached) === from);
      if (!state) throw new Error(`${from} was never reached`);
      const taken = fittingEvents(state).filter((event) => tryTransition(state, event));
      expect(new Set(taken.map((event) => event.type)), from).toEqual(new Set(moves.keys()));
    }
  });

  it('answers a refusal with a value that holds the untouched state and the event', () => {
    fc.assert(
      fc.property(reachable, anyEvent, (state, event) => {
        const before = structuredClone(state);
        const result = transition(deepFreeze(state), deepFreeze(event));
        expect(state).toEqual(before);
        const next = tryTransition(state, event);
        expect(result).toEqual(next ?? { illegal: true, state, event });
        if ('illegal' in result) expect(result.state).toBe(state);
      }),
    );
  });

  it('never lets the sequence of a message stand still or shrink, nor change its message, while it streams', () => {
    const streaming = after(
      { type: 'message_accepted' },
      { type: 'llm_requested', request_id: 'r' },
      { type: 'chunk_received', message_id: 'm-1' as MessageId, sequence: 0 },
    );
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
        events.reduce<ContextState>((state, event) => {
          const next = tryTransition(state, event);
          if (state.type === 'streaming_response' && next?.type === 'streaming_response') {
            expect(next.sequence).toBeGreaterThan(state.sequence);
            expect(next.message_id).toBe(state.message_id);
          }
          return next ?? state;
        }, streaming);
      }),
    );
  });

  it('keeps the counts of a tool round sane', () => {
    fc.assert(
      fc.property(reachable, (state) => {
        if (state.type !== 'processing_tool') return;
        expect(state.done).toBeGreaterThanOrEqual(0);
        expect(state.done).toBeLessThan(state.total);
        expect(state.depth).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });

  it('has only states that are the same after a round trip through JSON', () => {
    fc.assert(
      fc.property(reachable, (state) => {
        expect(JSON.parse(JSON.stringify(state))).toStrictEqual(state);
      }),
    );
  });

  it('reaches each of the nine states, and all three reasons to wait for the user', () => {
    const places = [...model.keys()];
    expect(Object.keys(transitions)).toHaveLength(9);
    expect(new Set(places.map((key) => key?.split('(')[0]))).toEqual(new Set(Object.keys(transitions)));
    for (const wanted of places)
      expect(
        nearest(initial, (state) => place(state) === wanted),
        wanted,
      ).toBeDefined();
  });

  it('has no dead end: the user’s turn or the archive can be reached from everywhere', () => {
    const isAtRest = (state: ContextState) => place(state) === input || state.type === 'archived';
    fc.assert(
      fc.property(reachable, (state) => {
        expect(nearest(state, isAtRest)).toBeDefined();
      }),
    );
  });

  it('is under way exactly where a run can be cancelled, but for one that waits for an approval', () => {
    fc.assert(
      fc.property(reachable, (state) => {
        const isOpen = isUnderWay(state) || place(state) === approval;
        expect(isOpen).toBe(model.get(place(state))?.has('cancelled'));
      }),
    );
  });

  it('lets the calls that wait become fewer with every decision, and never none', () => {
    fc.assert(
      fc.property(reachable, fc.array(anyEvent, { maxLength: 20 }), (from, events) => {
        events.reduce<ContextState>((state, event) => {
          const next = tryTransition(state, event);
          if (next && event.type === 'approval_recorded' && 'pending' in state && 'pending' in next) {
            expect(next.pending.length).toBeLessThan(state.pending.length);
            expect(next.pending.length).toBeGreaterThan(0);
            for (const call of next.pending) expect(state.pending.map(idOf)).toContain(idOf(call));
          }
          return next ?? state;
        }, from);
      }),
    );
  });

  it('agrees with the allowed actions', () => {
    const carriers = {
      send_message: 'message_accepted',
      append_message: 'message_accepted',
      approve_tools: 'tools_denied',
      cancel: 'cancelled',
      continue: 'continue',
      archive: 'archive',
      restore: 'restore',
    };
    fc.assert(
      fc.property(reachable, (state) => {
        const allowed = allowedActions({ state });
        expect(allowed).toEqual(actions.filter((action) => allowed.includes(action)));
        for (const [action, event] of Object.entries(carriers))
          expect((allowed as string[]).includes(action), `${action} in ${place(state)}`).toBe(
            model.get(place(state))?.has(event),
          );
      }),
    );
  });
});

describe('the page about the state machine', () => {
  const page = readFileSync(new URL('../../docs/reference/state-machine.md', import.meta.url), 'utf8');

  /** Every move of the code, as `from event to`. */
  const edges = [...model.keys()].flatMap((from) => {
    const state = nearest(initial, (reached) => place(reached) === from);
    return fittingEvents(state ?? initial).flatMap((event) => {
      const next = state && tryTransition(state, event);
      return next ? [`${from} ${event.type} ${place(next)}`] : [];
    });
  });

  it('draws exactly the moves of the code', () => {
    const drawing = /```mermaid\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    const names = new Map(
      [...drawing.matchAll(/^ *state "(.+)" as (\w+)$/gm)].map(([, shown, id]) => [id, shown]),
    );
    const drawn = [...drawing.matchAll(/^ *(\w+) --> (\w+): (.+)$/gm)].flatMap(([, from, to, events = '']) =>
      events.split(', ').map((event) => `${names.get(from) ?? from} ${event} ${names.get(to) ?? to}`),
    );
    expect(drawn.sort()).toEqual([...edges].sort());
  });

  it('lists exactly the moves of the code', () => {
    const lines = [...page.matchAll(/^\| `([\w()]+)` +\| `(\w+)` +\| `([\w()]+)` +\|/gm)];
    expect(lines.map(([, from, event, to]) => `${from} ${event} ${to}`).sort()).toEqual([...edges].sort());
  });

  it('describes every state', () => {
    const section = /## The states\n([\s\S]*?)\n## /.exec(page)?.[1] ?? '';
    const described = [...section.matchAll(/^\| `(\w+)`/gm)].map(([, state]) => state);
    expect(described).toEqual(Object.keys(transitions));
  });
});
