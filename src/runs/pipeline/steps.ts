import { mapToPrompt } from '../../messages/map-to-prompt.js';
import type { Step } from './draft.js';

/** The way of a message to the model: every stage in its order. Pure. */
export const steps: readonly Step[] = [
  { stage: 'validating', take: () => ({ type: 'continue' }) },
  { stage: 'resolving_files', take: () => ({ type: 'continue' }) },
  { stage: 'enhancing_prompt', take: () => ({ type: 'continue' }) },
  { stage: 'optimizing_context', take: () => ({ type: 'continue' }) },
  {
    stage: 'preparing_request',
    take: (draft) => ({
      type: 'transform',
      draft: {
        ...draft,
        request: {
          task: 'answer',
          messages: mapToPrompt(draft.messages, { systemPrompt: draft.context.config.system_prompt }),
          tools: [],
          parameters: draft.context.config.parameters ?? {},
        },
      },
    }),
  },
];
