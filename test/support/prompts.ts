// What models were really sent, as the fake upstream has it.
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import type { FakeUpstream, UpstreamCall, UpstreamRequest } from './fake-upstream.js';

/** A message of a prompt on the wire. */
export interface SentMessage {
  readonly role: string;
  /** Null beside calls without a text. */
  readonly content: string | null;
  readonly tool_calls?: readonly {
    readonly id: string;
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
  readonly tool_call_id?: string;
}

export const messagesIn = ({ body }: UpstreamRequest): readonly SentMessage[] =>
  body.messages as readonly SentMessage[];

/** A call that asks for a summary, and not for an answer. */
export const isSummaryRequest = (request: UpstreamRequest): boolean =>
  (messagesIn(request)[0]?.content ?? '').startsWith('You are given a part of a conversation');

export const summaryCalls = ({ calls }: FakeUpstream): readonly UpstreamCall[] =>
  calls.filter(({ request }) => isSummaryRequest(request));

export const answerCalls = ({ calls }: FakeUpstream): readonly UpstreamCall[] =>
  calls.filter(({ request }) => !isSummaryRequest(request));

/** The prompt of the newest answer. */
export const lastPrompt = (upstream: FakeUpstream): readonly SentMessage[] => {
  const last = answerCalls(upstream).at(-1);
  return last ? messagesIn(last.request) : [];
};

/** The tokens of a prompt, at least: what frames its messages is not counted. */
export const tokensIn = (request: UpstreamRequest): number =>
  messagesIn(request).reduce(
    (sum, { content, tool_calls = [] }) =>
      sum +
      countTokens(content ?? '') +
      countTokens(tool_calls.map((call) => call.function.arguments).join(' ')),
    0,
  );

/** The ids of calls without a result right behind them, and of results without a call right before them. */
export function orphansIn(request: UpstreamRequest): readonly string[] {
  let open: string[] = [];
  const orphans: string[] = [];
  for (const { role, tool_calls = [], tool_call_id = '' } of messagesIn(request)) {
    if (role === 'tool') {
      if (!open.includes(tool_call_id)) orphans.push(tool_call_id);
      open = open.filter((id) => id !== tool_call_id);
      continue;
    }
    orphans.push(...open);
    open = tool_calls.map(({ id }) => id);
  }
  return [...orphans, ...open];
}
