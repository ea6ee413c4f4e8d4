/** What a chunk is a piece of. The deltas of kind `text`, joined in order, are the final text. */
export const chunkKinds = ['text', 'reasoning', 'tool_arguments'] as const;
export type ChunkKind = (typeof chunkKinds)[number];

export interface NewChunk {
  readonly kind: ChunkKind;
  readonly delta: string;
  /** With `tool_arguments` alone. */
  readonly tool_call_id?: string;
}
