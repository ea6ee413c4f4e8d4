import type { ModelPart } from '../../../providers/language-model.js';
import type { Finish } from '../answer-blocks.js';
import type { AnswerHead, AnswerWriter, GatewayCall, Json } from '../codec.js';
import type { GatewayFailure } from '../gateway-failure.js';
import { dataFrame, keepAlive } from '../sse-format.js';
import { mapToEnvelope, mapToFinishReason, mapToOpenAIError, mapToUsage } from './map-to-completion.js';

interface StartedCall {
  readonly index: number;
  hasArguments: boolean;
}

/** A chat completion as a stream of chunks. */
export class CompletionWriter implements AnswerWriter {
  private readonly envelope: Json;
  /** By their ids. */
  private readonly calls = new Map<string, StartedCall>();
  private finish: Finish | undefined;

  constructor(
    private readonly call: GatewayCall,
    head: AnswerHead,
  ) {
    this.envelope = mapToEnvelope(head, 'chat.completion.chunk');
  }

  begin(): string {
    return this.chunk({ role: 'assistant', content: '' });
  }

  part(part: ModelPart): string {
    switch (part.type) {
      case 'text':
        return this.chunk({ content: part.delta });
      case 'reasoning':
        return this.chunk({ reasoning_content: part.delta });
      case 'tool_arguments':
        return this.argumentsOf(part.tool_call_id, part.tool_name, part.delta);
      case 'tool_call':
        // What was streamed before was all of it.
        return this.calls.get(part.tool_call_id)?.hasArguments
          ? ''
          : this.argumentsOf(part.tool_call_id, part.tool_name, part.arguments);
      case 'finish':
        this.finish = part;
        return '';
      case 'reasoning_seal':
      case 'route':
        return '';
    }
  }

  end(): string {
    if (!this.finish) return '';
    const { finish_reason, usage } = this.finish;
    const last = this.chunk({}, mapToFinishReason(finish_reason));
    const used = this.call.isUsageWanted
      ? dataFrame({ ...this.envelope, choices: [], usage: mapToUsage(usage) })
      : '';
    return `${last}${used}data: [DONE]\n\n`;
  }

  fail(failure: GatewayFailure): string {
    return dataFrame(mapToOpenAIError(failure));
  }

  ping(): string {
    return keepAlive;
  }

  /** The first piece of a call says its id and its name, which the others do not repeat. */
  private argumentsOf(id: string, name: string, delta: string): string {
    const known = this.calls.get(id);
    const call = known ?? { index: this.calls.size, hasArguments: false };
    this.calls.set(id, call);
    call.hasArguments ||= delta !== '';
    const { index } = call;
    const first = known
      ? ''
      : this.chunk({
          tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }],
        });
    if (delta === '') return first;
    return first + this.chunk({ tool_calls: [{ index, function: { arguments: delta } }] });
  }

  private chunk(delta: Json, finish_reason: string | null = null): string {
    return dataFrame({ ...this.envelope, choices: [{ index: 0, delta, finish_reason }] });
  }
}
