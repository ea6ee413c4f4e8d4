import type { ModelPart } from '../../../providers/language-model.js';
import type { Finish } from '../answer-blocks.js';
import type { AnswerHead, AnswerWriter, Json } from '../codec.js';
import type { GatewayFailure } from '../gateway-failure.js';
import { typedFrame } from '../sse-format.js';
import {
  isRedacted,
  mapToAnthropicError,
  mapToEnvelope,
  mapToRedacted,
  mapToSignature,
  mapToStop,
  mapToUsage,
  type Block,
} from './map-to-message.js';

type OpenBlock =
  | { readonly type: 'text' | 'thinking' }
  | { readonly type: 'tool_use'; readonly id: string; arguments: string };

/**
 * A message as Anthropic streams it. Invariants: at most one block is open; a block's events are together, so that what
 * comes while a tool call is not whole yet waits for its end. What waits is bounded as the answer is.
 */
export class MessageWriter implements AnswerWriter {
  private index = 0;
  private open: OpenBlock | undefined;
  private waiting: ModelPart[] = [];
  /** Tool calls that were written whole. */
  private readonly written = new Set<string>();
  private finish: Finish | undefined;

  constructor(private readonly head: AnswerHead) {}

  begin(): string {
    return typedFrame({ type: 'message_start', message: mapToEnvelope(this.head) }) + this.ping();
  }

  part(part: ModelPart): string {
    if (part.type === 'finish') {
      this.finish = part;
      return this.closeAll();
    }
    if (this.mustWait(part)) {
      this.waiting.push(part);
      return '';
    }
    return this.write(part) + (this.open ? '' : this.flush());
  }

  end(): string {
    if (!this.finish) return '';
    const delta = {
      type: 'message_delta',
      delta: mapToStop(this.finish),
      usage: mapToUsage(this.finish.usage),
    };
    return typedFrame(delta) + typedFrame({ type: 'message_stop' });
  }

  fail(failure: GatewayFailure): string {
    return typedFrame(mapToAnthropicError(failure));
  }

  ping(): string {
    return typedFrame({ type: 'ping' });
  }

  /** A call that is open goes before all else, until it is whole; some providers never say more than that its JSON is. */
  private mustWait(part: ModelPart): boolean {
    const { open } = this;
    if (open?.type !== 'tool_use') return false;
    if ('tool_call_id' in part && part.tool_call_id === open.id) return false;
    return this.waiting.length > 0 || !isJson(open.arguments);
  }

  /** What has waited, up to where it has to wait again. */
  private flush(): string {
    const waiting = this.waiting;
    this.waiting = [];
    return waiting.map((part) => this.part(part)).join('');
  }

  /** Nothing more comes that anything could wait for. */
  private closeAll(): string {
    let text = this.close();
    while (this.waiting.length > 0) text += this.flush() + this.close();
    return text;
  }

  private write(part: Exclude<ModelPart, { type: 'finish' }>): string {
    switch (part.type) {
      case 'text':
        return this.begins({ type: 'text' }, { type: 'text', text: '' }) + this.delta('text', part.delta);
      case 'reasoning':
        return (
          this.begins({ type: 'thinking' }, { type: 'thinking', thinking: '', signature: '' }) +
          this.delta('thinking', part.delta)
        );
      case 'reasoning_seal':
        return this.seal(part);
      case 'tool_arguments':
        return this.addArguments(part.tool_call_id, part.tool_name, part.delta);
      case 'tool_call':
        return this.completeCall(part);
      case 'route':
        return '';
    }
  }

  private seal({ seal }: Extract<ModelPart, { type: 'reasoning_seal' }>): string {
    if (isRedacted(seal)) {
      const closed = this.close();
      return closed + this.start(mapToRedacted(seal)) + this.stop();
    }
    const begun = this.begins({ type: 'thinking' }, { type: 'thinking', thinking: '', signature: '' });
    return begun + this.delta('signature', mapToSignature(seal)) + this.close();
  }

  private addArguments(id: string, name: string, delta: string): string {
    if (this.written.has(id)) return '';
    const isOpen = this.open?.type === 'tool_use' && this.open.id === id;
    const begun = isOpen ? '' : this.beginCall(id, name);
    if (this.open?.type === 'tool_use') this.open.arguments += delta;
    return begun + this.delta('input_json', delta);
  }

  private completeCall(call: Extract<ModelPart, { type: 'tool_call' }>): string {
    const { tool_call_id: id, tool_name: name, arguments: all } = call;
    if (this.written.has(id)) return '';
    const streamed = this.open?.type === 'tool_use' && this.open.id === id ? this.open.arguments : undefined;
    const begun = streamed === undefined ? this.beginCall(id, name) : '';
    return begun + (streamed ? '' : this.delta('input_json', all)) + this.close();
  }

  private beginCall(id: string, name: string): string {
    const closed = this.close();
    this.open = { type: 'tool_use', id, arguments: '' };
    return closed + this.start({ type: 'tool_use', id, name, input: {} });
  }

  /** The block that is open, where it is of this type, else a new one. */
  private begins(open: { readonly type: 'text' | 'thinking' }, block: Block): string {
    if (this.open?.type === open.type) return '';
    const closed = this.close();
    this.open = open;
    return closed + this.start(block);
  }

  private start(content_block: Block): string {
    return typedFrame({ type: 'content_block_start', index: this.index, content_block });
  }

  private delta(kind: 'text' | 'thinking' | 'signature' | 'input_json', delta: string): string {
    if (delta === '') return '';
    const member = kind === 'input_json' ? 'partial_json' : kind;
    return this.blockDelta({ type: `${kind}_delta`, [member]: delta });
  }

  private blockDelta(delta: Json): string {
    return typedFrame({ type: 'content_block_delta', index: this.index, delta });
  }

  private close(): string {
    if (!this.open) return '';
    if (this.open.type === 'tool_use') this.written.add(this.open.id);
    this.open = undefined;
    return this.stop();
  }

  private stop(): string {
    const stopped = typedFrame({ type: 'content_block_stop', index: this.index });
    this.index += 1;
    return stopped;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
