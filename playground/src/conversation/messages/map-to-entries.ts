import type { MessageView } from '@pullcord/client';

export type Siblings = NonNullable<MessageView['siblings']>;

/** What is drawn as one: a message, or calls of tools with what came of them. */
export interface Entry {
  readonly view: MessageView;
  /** Results of the calls that `view` asks for. */
  readonly results: readonly MessageView[];
  /** Versions of it, or of the empty answer before it. */
  readonly siblings?: Siblings;
}

/**
 * The messages as they are read: a result stands with its call, and an answer that only called tools is not shown.
 * Pure.
 */
export function mapToEntries(messages: readonly MessageView[]): readonly Entry[] {
  const requests = new Map(messages.flatMap((view) => callIds(view).map((id) => [id, view] as const)));
  const results = (request: MessageView): readonly MessageView[] =>
    callIds(request).length === 0
      ? []
      : messages.filter((view) => requests.get(resultOf(view) ?? '') === request);
  const entries: Entry[] = [];
  let siblings: Siblings | undefined;
  for (const view of messages) {
    siblings = view.siblings ?? siblings;
    if (isSilent(view) || requests.has(resultOf(view) ?? '')) continue;
    entries.push({ view, results: results(view), siblings });
    siblings = undefined;
  }
  return entries;
}

/** Whether two entries look the same: nothing in them is another object. */
export const isSameEntry = (one: Entry, other: Entry): boolean =>
  one.view === other.view &&
  one.siblings === other.siblings &&
  one.results.length === other.results.length &&
  one.results.every((result, index) => result === other.results[index]);

/** The calls that a message asks for. */
export function callIds({ message }: MessageView): readonly string[] {
  if (message.kind === 'tool_request') return message.data.calls.map(({ id }) => id);
  return message.kind === 'mcp_tool_request' ? [message.data.request_id] : [];
}

/** The call that a message answers. */
const resultOf = ({ message }: MessageView): string | undefined =>
  message.kind === 'tool_result' || message.kind === 'mcp_tool_result' ? message.data.request_id : undefined;

const isSilent = ({ message, text, reasoning, isStreaming }: MessageView): boolean =>
  message.kind === 'streaming_response' &&
  !isStreaming &&
  message.data.finish_reason === 'tool_calls' &&
  text.trim() === '' &&
  reasoning === '';
