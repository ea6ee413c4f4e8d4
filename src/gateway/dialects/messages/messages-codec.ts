import type { Codec } from '../codec.js';
import { convertCall } from './convert-call.js';
import { mapToAnthropicError, mapToMessage } from './map-to-message.js';
import { MessageWriter } from './message-writer.js';

/** Anthropic's Messages. */
export const messagesCodec: Codec = {
  name: 'messages',
  decode: convertCall,
  writer: (_call, head) => new MessageWriter(head),
  whole: mapToMessage,
  errorBody: mapToAnthropicError,
};
