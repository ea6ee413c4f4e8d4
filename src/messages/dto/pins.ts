import { Component, Flag, Id, Int } from '../../http/fields.js';
import type { ContextId, MessageId } from '../../kernel/ids.js';

@Component({ about: 'Whether a message is pinned now.' })
export class PinState {
  @Id({ about: 'The context.' }) readonly context_id!: ContextId;
  @Id({ about: 'The message.' }) readonly message_id!: MessageId;
  @Flag({ about: 'It is pinned.', example: true }) readonly is_pinned!: boolean;
  @Int({ about: 'The context’s revision now.', min: 1, example: 58 }) readonly revision!: number;
}
