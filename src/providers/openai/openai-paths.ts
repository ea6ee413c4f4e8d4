import type { OpenAiApi } from '../../config/provider-table.js';
import type { RelayTarget } from '../relay.js';

const paths: Readonly<Partial<Record<RelayTarget, string>>> = {
  chat_completions: '/chat/completions',
  responses: '/responses',
  embeddings: '/embeddings',
};

/** Where OpenAI's servers, and those like them, take requests of a kind; undefined where they take none. Pure. */
export const openAiPath = (target: RelayTarget): string | undefined => paths[target];

/** Responses are newer: whoever has the models asked in chat completions has a server, or a deployment, without them. Pure. */
export const isRelayed = (target: RelayTarget, api: OpenAiApi): boolean =>
  target !== 'responses' || api === 'responses';
