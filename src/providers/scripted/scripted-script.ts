import type { FinishReason, ModelPart, ModelRequest } from '../language-model.js';
import { ModelError, type ModelErrorCode } from '../model-error.js';
import type { Directives } from './directives.js';
import { readTurn, type Turn } from './read-turn.js';
import {
  describeAnswer,
  describeReasoning,
  describeResults,
  describeSummary,
  describeTitle,
} from './scripted-text.js';
import { countWords, makeWords, splitWords } from './split-words.js';

export type ScriptStep =
  | { readonly type: 'part'; readonly part: ModelPart }
  /** Silence until the caller aborts. */
  | { readonly type: 'stall' }
  | { readonly type: 'fail'; readonly error: ModelError };

export interface Script {
  /** To be waited before each delta. */
  readonly paceMs: number;
  readonly steps: readonly ScriptStep[];
}

export interface ScriptOptions {
  /** For a message that names no pace of its own. */
  readonly paceMs: number;
  readonly newCallId: () => string;
}

/** All that the scripted model will do for a request. Pure, given the call ids. */
export function planScript(request: ModelRequest, options: ScriptOptions): Script {
  if (request.task === 'title') {
    const title = splitWords(describeTitle(request.messages));
    return { paceMs: 0, steps: [...deltas('text', title), finish('stop', request, title, [])] };
  }
  if (request.task === 'summary') {
    const summary = splitWords(describeSummary(request.messages)).slice(0, request.parameters.max_tokens);
    return { paceMs: 0, steps: [...deltas('text', summary), finish('stop', request, summary, [])] };
  }
  const turn = readTurn(request.messages);
  const paceMs = turn.directives.paceMs ?? options.paceMs;
  return { paceMs, steps: planTurn(turn, request, options) };
}

function planTurn(turn: Turn, request: ModelRequest, options: ScriptOptions): readonly ScriptStep[] {
  const { directives } = turn;
  if (directives.fail) return [fail(directives.fail)];
  const reasoning = splitWords(directives.reason ? describeReasoning(turn) : '');
  const isCalling = directives.calls.length > 0 && turn.roundsDone < directives.rounds;
  const whole = isCalling ? [] : splitWords(answer(turn, request));
  const text = whole.slice(0, request.parameters.max_tokens);
  const reason = text.length < whole.length ? 'length' : isCalling ? 'tool_calls' : 'stop';
  return [
    ...deltas('reasoning', reasoning),
    ...interrupt(deltas('text', text), directives, [
      ...(isCalling ? callTools(directives, options) : []),
      finish(reason, request, text, reasoning),
    ]),
  ];
}

function answer(turn: Turn, request: ModelRequest): string {
  const { echo, words, mistakes } = turn.directives;
  if (mistakes.length > 0) return mistakes.join('\n\n');
  if (echo !== undefined) return echo;
  if (words !== undefined) return makeWords(words);
  return turn.results.length > 0 ? describeResults(turn.results) : describeAnswer(turn, request.tools);
}

const deltas = (type: 'text' | 'reasoning', pieces: readonly string[]): readonly ScriptStep[] =>
  pieces.map((delta) => ({ type: 'part', part: { type, delta } }));

/** The text and what follows it, or as much of the text as there is before `/stall` or `/fail-after`. */
function interrupt(
  text: readonly ScriptStep[],
  { stallAfter = Infinity, failAfter = Infinity }: Directives,
  rest: readonly ScriptStep[],
): readonly ScriptStep[] {
  if (stallAfter === Infinity && failAfter === Infinity) return [...text, ...rest];
  return stallAfter <= failAfter
    ? [...text.slice(0, stallAfter), { type: 'stall' }]
    : [...text.slice(0, failAfter), fail('upstream_protocol')];
}

const argumentsPiece = /.{1,8}/gsu;

const callTools = ({ calls }: Directives, { newCallId }: ScriptOptions): readonly ScriptStep[] =>
  calls.flatMap((order): readonly ScriptStep[] => {
    const call = { tool_call_id: newCallId(), tool_name: order.name };
    const pieces = order.arguments.match(argumentsPiece) ?? [];
    return [
      ...pieces.map((delta): ScriptStep => ({
        type: 'part',
        part: { type: 'tool_arguments', ...call, delta },
      })),
      { type: 'part', part: { type: 'tool_call', ...call, arguments: order.arguments } },
    ];
  });

const finish = (
  finish_reason: FinishReason,
  { messages }: ModelRequest,
  text: readonly string[],
  reasoning: readonly string[],
): ScriptStep => ({
  type: 'part',
  part: {
    type: 'finish',
    finish_reason,
    // Words stand in for tokens.
    usage: {
      prompt: countWords(messages),
      completion: text.length + reasoning.length,
      ...(reasoning.length > 0 && { reasoning: reasoning.length }),
    },
  },
});

const statuses: Partial<Record<ModelErrorCode, number>> = {
  rate_limited: 429,
  upstream_error: 500,
  upstream_rejected: 400,
};

/** A plain `/fail` is not retried, for a script fails again; a code behaves as if a real provider had sent it. */
function fail(code: ModelErrorCode | 'default'): ScriptStep {
  const kind = code === 'default' ? 'upstream_error' : code;
  const retryable = !['default', 'upstream_rejected', 'content_too_large'].includes(code);
  const message = 'The scripted model failed, as it was told to.';
  return { type: 'fail', error: new ModelError(kind, message, { retryable, status: statuses[kind] }) };
}
