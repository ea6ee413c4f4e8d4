// What a message has said so far: its chunks up to a sequence, and so always the beginning of the truth. Pure.
import type { Chunk } from '../generated/types.gen.js';

export interface StreamedText {
  /** The last chunk that is in it. */
  readonly sequence: number;
  readonly text: string;
  readonly reasoning: string;
  /** By tool call id. */
  readonly toolArguments: Readonly<Record<string, string>>;
}

export const nothing: StreamedText = { sequence: 0, text: '', reasoning: '', toolArguments: {} };

/** With these chunks, but those that are in it already; stops before a gap. */
export function extend(streamed: StreamedText, chunks: readonly Chunk[]): StreamedText {
  let next = streamed;
  for (const chunk of chunks) if (chunk.sequence === next.sequence + 1) next = withChunk(next, chunk);
  return next;
}

function withChunk(
  streamed: StreamedText,
  { sequence, kind, delta, tool_call_id = '' }: Chunk,
): StreamedText {
  switch (kind) {
    case 'text':
      return { ...streamed, sequence, text: streamed.text + delta };
    case 'reasoning':
      return { ...streamed, sequence, reasoning: streamed.reasoning + delta };
    case 'tool_arguments': {
      const sofar = streamed.toolArguments[tool_call_id] ?? '';
      return {
        ...streamed,
        sequence,
        toolArguments: { ...streamed.toolArguments, [tool_call_id]: sofar + delta },
      };
    }
    default:
      // A kind that this version does not know has its place in the order all the same.
      return { ...streamed, sequence };
  }
}
