import { expect, it } from 'vitest';
import type { LanguageModel, ModelRequest } from './language-model.js';
import { unknownModel } from './model-facts.js';
import { withDefaults } from './with-defaults.js';

const facts = { ...unknownModel, max_output_tokens: 4096 };
const request = (max_tokens?: number): ModelRequest => ({
  messages: [],
  tools: [],
  parameters: { temperature: 1, ...(max_tokens !== undefined && { max_tokens }) },
  task: 'answer',
});

/** What a model is asked with, given what was asked for. */
async function askedWith(needsMaxTokens: boolean | undefined, given: ModelRequest): Promise<unknown> {
  let asked: unknown;
  const model: LanguageModel = {
    id: 'far/a',
    stream: async function* ({ parameters }) {
      asked = parameters;
      yield await Promise.resolve({ type: 'text', delta: 'a' } as const);
    },
  };
  const never = new AbortController().signal;
  for await (const part of withDefaults(model, { needsMaxTokens }, facts).stream(given, never))
    expect(part.type).toBe('text');
  return asked;
}

it('says how long an answer may be, where the provider demands that and nobody said', async () => {
  expect(await askedWith(true, request())).toEqual({ temperature: 1, max_tokens: 4096 });
  expect(await askedWith(true, request(10))).toEqual({ temperature: 1, max_tokens: 10 });
});

it('says nothing where the provider knows by itself', async () => {
  expect(await askedWith(undefined, request())).toEqual({ temperature: 1 });
  expect(await askedWith(false, request())).toEqual({ temperature: 1 });
});
