import type { FinishReason, ModelPart, TokenUsage } from '../../language-model.js';
import { AnswerReader } from '../answer-reader.js';
import {
  readResponseEvent,
  type Call,
  type ReasoningItem,
  type ResponseEvent,
} from './read-response-event.js';

interface OpenCall {
  readonly id: string;
  readonly name: string;
  arguments: string;
}

/** The parts of one streamed response of OpenAI's Responses API. */
export class ResponseParts extends AnswerReader<ResponseEvent> {
  private readonly open = new Map<string, OpenCall>();
  private hasCalls = false;
  /** Whether anything was read of the reasoning item that is under way. */
  private hasReasoned = false;
  private finish: FinishReason | undefined;
  private usage: TokenUsage = { prompt: 0, completion: 0 };

  /** The finish, after the calls that nothing ended. */
  end(): readonly ModelPart[] | undefined {
    if (this.finish === undefined) return undefined;
    this.parts = [];
    for (const call of this.open.values()) this.whole(call);
    this.open.clear();
    const finish_reason = this.hasCalls && this.finish === 'stop' ? 'tool_calls' : this.finish;
    return [...this.parts, { type: 'finish', finish_reason, usage: this.usage }];
  }

  protected read(json: unknown): ResponseEvent | undefined {
    return readResponseEvent(json);
  }

  protected add(event: ResponseEvent): void {
    switch (event.type) {
      case 'text':
        return this.say('text', event.delta);
      case 'reasoning':
        return this.reason(event.delta);
      case 'reasoning_paragraph':
        return this.hasReasoned && event.nth > 0 ? this.reason('\n\n') : undefined;
      case 'call_start':
        this.start(event.item, event.call);
        return;
      case 'call_arguments':
        return this.extend(this.open.get(event.item), event.delta);
      case 'call_done':
        return this.done(event.item, event.call);
      case 'reasoning_done':
        return this.reasoned(event.item);
      case 'over':
        this.isOver = true;
        this.finish = event.finish;
        this.usage = event.usage ?? this.usage;
        return;
      case 'nothing':
        return;
    }
  }

  private start(item: string, { id = this.rules.newId(), name, arguments: written }: Call): OpenCall {
    const call: OpenCall = { id, name, arguments: '' };
    this.hasCalls = true;
    if (this.room.has(id, name)) this.open.set(item, call);
    this.extend(call, written);
    return call;
  }

  private extend(call: OpenCall | undefined, delta: string): void {
    if (!call || delta === '' || !this.room.has(delta)) return;
    call.arguments += delta;
    this.parts.push({ type: 'tool_arguments', tool_call_id: call.id, tool_name: call.name, delta });
  }

  /** Some servers write a call in one piece, at its end. */
  private done(item: string, done: Call): void {
    const call = this.open.get(item) ?? this.start(item, done);
    if (call.arguments === '') this.extend(call, done.arguments);
    this.open.delete(item);
    if (!this.failure) this.whole(call);
  }

  private whole({ id, name, arguments: written }: OpenCall): void {
    const whole = written === '' ? '{}' : written;
    this.parts.push({ type: 'tool_call', tool_call_id: id, tool_name: name, arguments: whole });
  }

  private reason(delta: string): void {
    this.hasReasoned = true;
    this.say('reasoning', delta);
  }

  private reasoned({ id, encrypted, text }: ReasoningItem): void {
    if (!this.hasReasoned) this.say('reasoning', text);
    this.hasReasoned = false;
    if (encrypted === '' || !this.room.has(encrypted)) return;
    const named = id !== undefined && { id };
    const seal = { dialect: 'responses', kind: 'encrypted', value: encrypted, ...named } as const;
    this.parts.push({ type: 'reasoning_seal', seal });
  }
}
