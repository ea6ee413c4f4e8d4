import type { FinishReason, ModelPart } from '../../language-model.js';
import { AnswerReader } from '../answer-reader.js';
import { toUsage, type MessageTokens } from './message-tokens.js';
import { readMessageEvent, type Block, type BlockDelta, type MessageEvent } from './read-message-event.js';

/** A block that has begun and not stopped. */
type OpenBlock =
  | { readonly type: 'text' }
  | { readonly type: 'thinking'; signature: string }
  | { readonly type: 'tool'; readonly id: string; readonly name: string; arguments: string };

/** The parts of one streamed message of Anthropic's dialect. */
export class MessageParts extends AnswerReader<MessageEvent> {
  private readonly open = new Map<number, OpenBlock>();
  private tokens: MessageTokens = {};
  private finish: FinishReason | undefined;
  private stopSequence: string | undefined;

  /** The finish, after the ends of blocks that nothing ended. */
  end(): readonly ModelPart[] | undefined {
    if (this.finish === undefined) return undefined;
    this.parts = [];
    for (const index of [...this.open.keys()]) this.stop(index);
    const stop_sequence = this.stopSequence;
    return [
      ...this.parts,
      {
        type: 'finish',
        finish_reason: this.finish,
        usage: toUsage(this.tokens),
        ...(stop_sequence !== undefined && { stop_sequence }),
      },
    ];
  }

  protected read(json: unknown): MessageEvent | undefined {
    return readMessageEvent(json);
  }

  protected add(event: MessageEvent): void {
    switch (event.type) {
      case 'tokens':
        this.tokens = { ...this.tokens, ...event.tokens };
        return;
      case 'block_start':
        return this.start(event.index, event.block);
      case 'block_delta':
        return this.extend(event.index, event.delta);
      case 'block_stop':
        return this.stop(event.index);
      case 'finish':
        // The counters go up: the last ones count.
        this.tokens = { ...this.tokens, ...event.tokens };
        this.finish = event.finish ?? this.finish;
        this.stopSequence = event.stop_sequence ?? this.stopSequence;
        return;
      case 'over':
        this.isOver = true;
        return;
      case 'nothing':
        return;
    }
  }

  private start(index: number, block: Block): void {
    this.stop(index);
    switch (block.type) {
      case 'text':
        this.open.set(index, { type: 'text' });
        return this.say('text', block.text);
      case 'thinking':
        if (!this.room.has(block.signature)) return;
        this.open.set(index, { type: 'thinking', signature: block.signature });
        return this.say('reasoning', block.text);
      case 'redacted':
        if (this.room.has(block.value)) this.seal('redacted', block.value);
        return;
      case 'tool': {
        const id = block.id ?? this.rules.newId();
        if (!this.room.has(id, block.name)) return;
        this.open.set(index, { type: 'tool', id, name: block.name, arguments: '' });
        return this.extend(index, { type: 'arguments', text: block.arguments });
      }
      case 'other':
        return;
    }
  }

  /** What belongs to no block of its kind is not looked at: it is of a block that means nothing here. */
  private extend(index: number, delta: BlockDelta): void {
    const block = this.open.get(index);
    if (delta.text === '' || !block) return;
    if (block.type === 'text' && delta.type === 'text') return this.say('text', delta.text);
    if (block.type === 'thinking' && delta.type === 'thinking') return this.say('reasoning', delta.text);
    if (!this.room.has(delta.text)) return;
    if (block.type === 'thinking' && delta.type === 'signature') block.signature += delta.text;
    if (block.type !== 'tool' || delta.type !== 'arguments') return;
    block.arguments += delta.text;
    const { id: tool_call_id, name: tool_name } = block;
    this.parts.push({ type: 'tool_arguments', tool_call_id, tool_name, delta: delta.text });
  }

  private stop(index: number): void {
    const block = this.open.get(index);
    this.open.delete(index);
    if (block?.type === 'thinking' && block.signature !== '') this.seal('signature', block.signature);
    if (block?.type !== 'tool') return;
    // A tool without arguments has none in the stream either.
    const whole = block.arguments === '' ? '{}' : block.arguments;
    this.parts.push({ type: 'tool_call', tool_call_id: block.id, tool_name: block.name, arguments: whole });
  }

  private seal(kind: 'signature' | 'redacted', value: string): void {
    this.parts.push({ type: 'reasoning_seal', seal: { dialect: 'messages', kind, value } });
  }
}
