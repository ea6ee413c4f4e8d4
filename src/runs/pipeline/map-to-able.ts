import { mapToSent, type PromptFacts, type Sent } from '../../messages/map-to-prompt.js';
import type { Message } from '../../messages/message-kinds.js';
import { convertToAbilities } from '../../messages/prompt/convert-to-abilities.js';
import type { ModelFacts } from '../../config/model-table.js';

/** All that a model could be sent of these messages, in a form that it takes. Pure. */
export const mapToAble = (messages: readonly Message[], facts: ModelFacts, prompt: PromptFacts): Sent[] =>
  mapToSent(messages, prompt).map((sent) => ({ ...sent, message: convertToAbilities(sent.message, facts) }));
