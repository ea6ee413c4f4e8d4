import { describe, expect, it } from 'vitest';
import { readSettings } from './read-settings.js';

const read = (models: unknown) => readSettings({ PULLCORD_MODELS: JSON.stringify(models) }).models;

describe('the table of models', () => {
  it('is read from the environment as from the file', () => {
    const models = {
      'openai/my/own:model': { context_window: 32_768, max_output_tokens: 2048, vision: false },
      'scripted/small': { tools: true, reasoning: false, tokenizer: 'cl100k_base' },
      'openai/known': {},
    };
    const inFile = 'models:\n  scripted/small: { context_window: 4096, vision: false }\n';

    expect(read(models)).toEqual(models);
    expect(readSettings({}, inFile).models).toEqual({
      'scripted/small': { context_window: 4096, vision: false },
    });
  });

  it.each([
    [[], 'it must be a mapping'],
    [{ 'gpt-4o': {} }, '"gpt-4o" must be a model id with its provider, such as openai/gpt-4o-mini'],
    [{ 'a/b': 4096 }, 'a/b must be a mapping'],
    [{ 'a/b': { window: 1 } }, 'a/b has "window", but may only have context_window, max_output_tokens'],
    [{ 'a/b': { context_window: 15 } }, 'a/b.context_window must be a whole number of tokens from 16'],
    [{ 'a/b': { max_output_tokens: '4096' } }, 'a/b.max_output_tokens must be a whole number'],
    [{ 'a/b': { vision: 'yes' } }, 'a/b.vision must be true or false'],
    [{ 'a/b': { tokenizer: 'p50k' } }, 'a/b.tokenizer must be one of o200k_base, cl100k_base, estimate'],
  ])('refuses %j, and says what is wrong', (models, sentence) => {
    expect(() => read(models)).toThrow(`PULLCORD_MODELS is wrong: ${sentence}`);
  });

  it('has a limit', () => {
    const many = Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`openai/m${n}`, {}]));

    expect(() => read(many)).toThrow('there are more than 1000 models');
  });
});
