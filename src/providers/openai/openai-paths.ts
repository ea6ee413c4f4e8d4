import type { RelayTarget } from '../relay.js';

const paths: Readonly<Partial<Record<RelayTarget, string>>> = {
  chat_completions: '/chat/completions',
  responses: '/responses',
  embeddings: '/embeddings',
};

/** Where OpenAI's servers, and those like them, take requests of a kind; undefined where they take none. Pure. */
export const openAiPath = (target: RelayTarget): string | undefined => paths[target];
