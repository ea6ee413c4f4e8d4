import type { ModelPart } from '../../providers/language-model.js';
import type { NewChunk } from '../../streaming/chunk-kinds.js';

type Delta = Extract<ModelPart, { delta: string }>;

/** What is kept of an answer beside its chunks: whole parts, and the names of the calls whose arguments are chunks. */
export type Mark =
  | Exclude<ModelPart, Delta>
  | { readonly type: 'call'; readonly tool_call_id: string; readonly tool_name: string };

export interface PlacedMark {
  /** 1 for the first; no gaps. */
  readonly position: number;
  /** The chunk that it follows. */
  readonly after_sequence: number;
  readonly mark: Mark;
}

export interface Recorded {
  readonly chunks: readonly NewChunk[];
  readonly marks: readonly PlacedMark[];
}

/** Tells the parts of one answer, in their order, as chunks and marks, from which PartReader makes the same parts. Pure. */
export class PartRecorder {
  private sequence = 0;
  private position = 0;
  /** The calls whose arguments are coming, with their names. */
  private readonly calls = new Map<string, string>();

  record(parts: readonly ModelPart[]): Recorded {
    const chunks: NewChunk[] = [];
    const marks: PlacedMark[] = [];
    const mark = (one: Mark): void => {
      marks.push({ position: ++this.position, after_sequence: this.sequence, mark: one });
    };
    for (const part of parts) {
      if (!('delta' in part)) {
        if (part.type === 'tool_call') this.calls.delete(part.tool_call_id);
        mark(part);
      } else if (part.delta !== '') {
        if (part.type === 'tool_arguments' && this.isNew(part)) mark(callOf(part));
        chunks.push(chunkOf(part));
        this.sequence += 1;
      }
    }
    return { chunks, marks };
  }

  private isNew({ tool_call_id, tool_name }: Extract<ModelPart, { type: 'tool_arguments' }>): boolean {
    const isNew = this.calls.get(tool_call_id) !== tool_name;
    this.calls.set(tool_call_id, tool_name);
    return isNew;
  }
}

/** Chunks and marks of one answer, those of a page. */
export interface RecordedPage {
  readonly chunks: readonly (NewChunk & { readonly sequence: number })[];
  /** None before a chunk of an earlier page, in their order. */
  readonly marks: readonly PlacedMark[];
}

/** Makes the parts again, page by page. Pure. */
export class PartReader {
  private readonly calls = new Map<string, string>();

  read({ chunks, marks }: RecordedPage): readonly ModelPart[] {
    const parts: ModelPart[] = [];
    let next = 0;
    const marksBefore = (sequence: number): void => {
      for (let one = marks[next]; one && one.after_sequence < sequence; one = marks[++next])
        parts.push(...this.partsOf(one.mark));
    };
    for (const chunk of chunks) {
      marksBefore(chunk.sequence);
      parts.push(this.partOf(chunk));
    }
    marksBefore(Infinity);
    return parts;
  }

  private partsOf(mark: Mark): readonly ModelPart[] {
    if (mark.type !== 'call') return [mark];
    this.calls.set(mark.tool_call_id, mark.tool_name);
    return [];
  }

  private partOf({ kind, delta, tool_call_id = '' }: NewChunk): ModelPart {
    if (kind !== 'tool_arguments') return { type: kind, delta };
    return { type: kind, tool_call_id, tool_name: this.calls.get(tool_call_id) ?? '', delta };
  }
}

const callOf = ({ tool_call_id, tool_name }: Extract<ModelPart, { type: 'tool_arguments' }>): Mark => ({
  type: 'call',
  tool_call_id,
  tool_name,
});

const chunkOf = (part: Delta): NewChunk =>
  part.type === 'tool_arguments'
    ? { kind: part.type, delta: part.delta, tool_call_id: part.tool_call_id }
    : { kind: part.type, delta: part.delta };
