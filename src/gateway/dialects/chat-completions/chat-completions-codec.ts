import type { Codec } from '../codec.js';
import { CompletionWriter } from './completion-writer.js';
import { convertCall } from './convert-call.js';
import { mapToCompletion, mapToOpenAIError } from './map-to-completion.js';

/** OpenAI's chat completions, as most programs speak. */
export const chatCompletionsCodec: Codec = {
  name: 'chat_completions',
  decode: convertCall,
  writer: (call, head) => new CompletionWriter(call, head),
  whole: mapToCompletion,
  errorBody: mapToOpenAIError,
};
