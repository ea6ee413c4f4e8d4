import type { KnownMessage, Message } from '../messages/message-kinds.js';
import type { ChunkKind } from '../streaming/chunk-kinds.js';
import { mapToChunks, serversTool } from './map-to-chunks.js';
import type { UiChunk, UiFacts, UiFinishReason, UiMetadata } from './ui-kinds.js';

export type AnswerMessage = Extract<KnownMessage, { kind: 'streaming_response' }>;

/** A piece of an answer, as it was appended. */
export interface Piece {
  readonly kind: ChunkKind;
  readonly delta: string;
  readonly tool_call_id?: string;
}

/** What the user is asked before the turn goes on. */
export type TurnRest = 'tool_approval' | 'depth_limit';

/** How a turn came to its end, or to where the user is asked. */
export type TurnEnd =
  | { readonly type: 'completed'; readonly awaits?: TurnRest }
  | { readonly type: 'waiting'; readonly calls: readonly string[] }
  | { readonly type: 'cancelled' }
  | { readonly type: 'failed'; readonly message: string };

export interface WrittenTurn extends Pick<UiFacts, 'context_id' | 'branch' | 'run_id'> {
  /** The page has what came before already: what is written goes on behind it. */
  readonly isContinued: boolean;
}

const finishReasons: Readonly<Record<string, UiFinishReason>> = {
  stop: 'stop',
  length: 'length',
  content_filter: 'content-filter',
  tool_calls: 'tool-calls',
  error: 'error',
};

/**
 * Tells a turn as the SDK's stream: to be called with the turn's messages in their order. A call to the model is a step;
 * its text is one part, and what it thought aloud another, however they took turns. Parts are named after their message,
 * so that telling a turn again tells it alike. Pure.
 */
export class TurnWriter {
  private readonly ids: string[] = [];
  private createdAt: string | undefined;
  private isStepOpen: boolean;
  private readonly openParts = new Set<'text' | 'reasoning'>();
  /** Calls whose arguments have begun to come, and of which no request is there yet. */
  private readonly unnamed = new Set<string>();
  /** Calls that the page knows. */
  private readonly asked = new Set<string>();
  private readonly usage: Record<string, number> = {};
  private model: string | undefined;
  private finishReason: UiFinishReason = 'stop';

  constructor(private readonly turn: WrittenTurn) {
    this.isStepOpen = turn.isContinued;
  }

  /** A whole message, or one of a kind that is shown at once and may change. */
  whole(message: Message): UiChunk[] {
    if (isAnswer(message)) {
      const { reasoning, content } = message.data;
      const pieces: Piece[] = [];
      if (reasoning) pieces.push({ kind: 'reasoning', delta: reasoning });
      if (content) pieces.push({ kind: 'text', delta: content });
      return [...this.begin(message), ...this.pieces(message, pieces), ...this.end(message)];
    }
    const said = mapToChunks(message);
    for (const chunk of said) if (chunk.type === 'tool-input-available') this.name(chunk.toolCallId);
    const isOfStep = said.some(({ type }) => type === 'tool-input-available') && !this.isStepOpen;
    return [...this.started(message), ...(isOfStep ? this.openStep() : []), ...said];
  }

  /** What has changed of a message that was told already. */
  changed(message: Message): UiChunk[] {
    return mapToChunks(message).filter(({ type }) => type !== 'tool-input-available' && type !== 'file');
  }

  /** An answer of which the pieces come. */
  begin(message: AnswerMessage): UiChunk[] {
    return [...this.started(message), ...this.closeStep(), ...this.openStep()];
  }

  pieces({ id }: Pick<Message, 'id'>, pieces: readonly Piece[]): UiChunk[] {
    return joined(pieces).flatMap((piece) => this.piece(id, piece));
  }

  /** Its end: the same message, final. */
  end({ id, data }: AnswerMessage): UiChunk[] {
    this.model = data.model;
    for (const [name, count] of Object.entries(data.usage ?? {}))
      this.usage[name] = (this.usage[name] ?? 0) + Number(count);
    this.finishReason = finishReasons[data.finish_reason ?? 'stop'] ?? 'other';
    const ends = [...this.openParts].map((part) => ({ type: `${part}-end`, id: `${id}:${part}` }) as const);
    this.openParts.clear();
    return ends;
  }

  /** The end of the stream, whatever it was. */
  finish(end: TurnEnd): UiChunk[] {
    const start = this.isStarted ? [] : this.start(undefined);
    switch (end.type) {
      case 'completed':
        return [...start, ...this.closeStep(), this.finished(this.finishReason, end.awaits)];
      case 'waiting':
        return [
          ...start,
          ...end.calls.filter((id) => this.asked.has(id)).map(requestOf),
          ...this.closeStep(),
          this.finished('tool-calls', 'tool_approval'),
        ];
      case 'cancelled':
        return [
          ...start,
          ...this.closeStep(),
          this.told('cancelled'),
          { type: 'abort', reason: 'cancelled' },
        ];
      case 'failed':
        return [
          ...start,
          ...this.closeStep(),
          this.told('failed'),
          { type: 'error', errorText: end.message },
        ];
    }
  }

  private isStarted = false;

  private started({ id, created_at }: Pick<Message, 'id' | 'created_at'>): UiChunk[] {
    this.ids.push(id);
    this.createdAt ??= created_at;
    return this.isStarted ? [] : this.start(this.turn.isContinued ? undefined : id);
  }

  private start(messageId: string | undefined): UiChunk[] {
    this.isStarted = true;
    const messageMetadata = this.metadata('streaming');
    return [{ type: 'start', ...(messageId !== undefined && { messageId }), messageMetadata }];
  }

  private piece(id: string, { kind, delta, tool_call_id: toolCallId = '' }: Piece): UiChunk[] {
    if (kind !== 'tool_arguments') {
      const part = `${id}:${kind}`;
      const said = { type: `${kind}-delta`, id: part, delta } as const;
      if (this.openParts.has(kind)) return [said];
      this.openParts.add(kind);
      return [{ type: `${kind}-start`, id: part }, said];
    }
    const said = { type: 'tool-input-delta', toolCallId, inputTextDelta: delta } as const;
    if (this.unnamed.has(toolCallId)) return [said];
    this.unnamed.add(toolCallId);
    // Its name is in the request, which comes when the model has said all of it.
    return [{ type: 'tool-input-start', toolCallId, toolName: '', ...serversTool }, said];
  }

  private name(toolCallId: string): void {
    this.unnamed.delete(toolCallId);
    this.asked.add(toolCallId);
  }

  private openStep(): UiChunk[] {
    this.isStepOpen = true;
    return [{ type: 'start-step' }];
  }

  private closeStep(): UiChunk[] {
    const left: UiChunk[] = [...this.unnamed].map((toolCallId) => ({
      type: 'tool-input-error',
      toolCallId,
      toolName: '',
      input: null,
      errorText: 'The model did not finish this call.',
      ...serversTool,
    }));
    this.unnamed.clear();
    if (!this.isStepOpen) return left;
    this.isStepOpen = false;
    return [...left, { type: 'finish-step' }];
  }

  private finished(finishReason: UiFinishReason, awaits?: TurnRest): UiChunk {
    return { type: 'finish', finishReason, messageMetadata: this.metadata('complete', awaits) };
  }

  private told(status: string): UiChunk {
    return { type: 'message-metadata', messageMetadata: this.metadata(status) };
  }

  private metadata(status: string, awaits?: TurnRest): UiMetadata {
    const { isContinued, ...turn } = this.turn;
    const pullcord: UiFacts = {
      ...turn,
      // The page has the others, and would take these for all.
      ...(!isContinued && { message_ids: [...this.ids], created_at: this.createdAt }),
      model: this.model,
      ...(Object.keys(this.usage).length > 0 && !isContinued && { usage: { ...this.usage } }),
      status,
      // Not left out: what stood here before is to go.
      awaits: awaits ?? null,
    };
    return { pullcord };
  }
}

export const isAnswer = (message: Message): message is AnswerMessage => message.kind === 'streaming_response';

const requestOf = (toolCallId: string): UiChunk => ({
  type: 'tool-approval-request',
  toolCallId,
  // A call is approved by its own id.
  approvalId: toolCallId,
});

/** Pieces of the same part that follow on one another as one. */
function joined(pieces: readonly Piece[]): Piece[] {
  const found: Piece[] = [];
  for (const piece of pieces) {
    const last = found.at(-1);
    const isSame = last?.kind === piece.kind && last.tool_call_id === piece.tool_call_id;
    if (isSame) found[found.length - 1] = { ...last, delta: last.delta + piece.delta };
    else found.push(piece);
  }
  return found;
}
