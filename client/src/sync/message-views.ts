import type { Message } from '../generated/types.gen.js';
import type { MessageView } from '../views.js';
import type { Line } from './line.js';
import { nothing, type StreamedText } from './streamed-text.js';

export type StreamOf = (messageId: string) => StreamedText | undefined;

/** The views of a line's messages. Whatever is as it was before is the very same object. */
export class MessageViews {
  private byId: ReadonlyMap<string, MessageView> = new Map();
  private list: readonly MessageView[] = [];

  of(line: Line | undefined, streamOf: StreamOf): readonly MessageView[] {
    const next = (line?.messages ?? []).map((message) => {
      const view = viewOf(message, line, streamOf(message.id));
      const before = this.byId.get(message.id);
      return before && isSame(before, view) ? before : view;
    });
    if (next.length === this.list.length && next.every((view, at) => view === this.list[at]))
      return this.list;
    this.byId = new Map(next.map((view) => [view.message.id, view]));
    return (this.list = next);
  }
}

function viewOf(message: Message, line: Line | undefined, streamed: StreamedText = nothing): MessageView {
  const siblings = line?.siblings.get(message.id);
  return {
    message,
    ...(message.status === 'streaming' ? streamed : wholeOf(message)),
    isStreaming: message.status === 'streaming',
    ...(siblings && { siblings }),
  };
}

/** What a message that no longer changes says. */
function wholeOf({ data }: Message): StreamedText {
  const facts: Readonly<Record<string, unknown>> = { ...data };
  return {
    sequence: typeof facts.final_sequence === 'number' ? facts.final_sequence : 0,
    text: typeof facts.content === 'string' ? facts.content : '',
    reasoning: typeof facts.reasoning === 'string' ? facts.reasoning : '',
    toolArguments: nothing.toolArguments,
  };
}

/** A message is what it was at the same revision; a status can only become final with a new one. */
const isSame = (a: MessageView, b: MessageView): boolean =>
  a.message.revision === b.message.revision &&
  a.sequence === b.sequence &&
  a.text === b.text &&
  JSON.stringify(a.siblings) === JSON.stringify(b.siblings);
