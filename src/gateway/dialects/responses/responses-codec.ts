import type { AnswerBlock, WholeAnswer } from '../answer-blocks.js';
import type { AnswerWriter, Codec, Json } from '../codec.js';
import type { GatewayFailure } from '../gateway-failure.js';
import { mapToOpenAIError } from '../chat-completions/map-to-completion.js';
import { keepAlive, typedFrame } from '../sse-format.js';
import type { ModelPart } from '../../../providers/language-model.js';
import { AnswerEvents, type NumberedEvent } from './answer-events.js';
import { convertCall, type ResponsesCall } from './convert-call.js';

/** OpenAI's Responses. */
export const responsesCodec: Codec<ResponsesCall> = {
  name: 'responses',
  decode: convertCall,
  writer: (call, head) => new ResponsesWriter(new AnswerEvents(call, head)),
  whole: (call, head, answer) => writeWhole(new AnswerEvents(call, head), answer),
  errorBody: mapToOpenAIError,
};

class ResponsesWriter implements AnswerWriter {
  constructor(private readonly events: AnswerEvents) {}

  begin(): string {
    return frames(this.events.begin());
  }

  part(part: ModelPart): string {
    return frames(this.events.part(part));
  }

  end(): string {
    return frames(this.events.end());
  }

  fail(failure: GatewayFailure): string {
    return frames(this.events.fail(failure));
  }

  ping(): string {
    return keepAlive;
  }
}

export const frames = (events: readonly NumberedEvent[]): string => events.map(typedFrame).join('');

/** The same as the last event of its stream would hold. */
function writeWhole(events: AnswerEvents, { blocks, finish }: WholeAnswer): Json {
  for (const block of blocks) for (const part of partsOf(block)) events.part(part);
  events.part(finish);
  events.end();
  return events.response();
}

function partsOf(block: AnswerBlock): ModelPart[] {
  switch (block.type) {
    case 'text':
      return [{ type: 'text', delta: block.text }];
    case 'reasoning': {
      const seal: ModelPart[] = block.seal ? [{ type: 'reasoning_seal', seal: block.seal }] : [];
      return [{ type: 'reasoning', delta: block.text }, ...seal];
    }
    case 'tool_call':
      return [block];
  }
}
