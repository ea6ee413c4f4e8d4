import { describe, expect, it } from 'vitest';
import { findModel } from './model-ids.js';
import type { ModelProvider } from './model-provider.js';
import { ScriptedModel } from './scripted/scripted-model.js';

const provider = (name: string, models: readonly string[], takesAnyName: boolean): ModelProvider => ({
  name,
  models,
  takesAnyName,
  factsOf: () => undefined,
  relay: () => undefined,
  model: (model) => new ScriptedModel(`${name}/${model}`, 0),
  close: () => Promise.resolve(),
});

const scripted = provider('scripted', ['default', 'fast'], false);
const openai = provider('openai', ['gpt-4o-mini'], true);
const other = provider('other', ['big'], true);

const find = (providers: readonly ModelProvider[], id: string): string | undefined => {
  const found = findModel(providers, id);
  return found && `${found.provider.name}|${found.name}`;
};

describe('a model id', () => {
  it.each([
    ['scripted/default', 'scripted|default'],
    ['scripted/other', undefined],
    ['openai/gpt-4o-mini', 'openai|gpt-4o-mini'],
    ['openai/anything', 'openai|anything'],
    ['openai/meta-llama/Llama-3-8b:free', 'openai|meta-llama/Llama-3-8b:free'],
    ['meta-llama/Llama-3-8b', undefined],
    ['gpt-4o-mini', 'openai|gpt-4o-mini'],
    ['fast', 'scripted|fast'],
    ['llama3.2:3b', 'openai|llama3.2:3b'],
    ['', undefined],
    ['/', undefined],
    ['openai/', undefined],
    ['/gpt', undefined],
    ['openai/with space', undefined],
    ['openai/new\nline', undefined],
    [`openai/${'x'.repeat(201)}`, undefined],
  ])('%j means %j', (id, meaning) => expect(find([scripted, openai], id)).toBe(meaning));

  it('without a provider is nobody’s when no provider takes any name', () => {
    expect(find([scripted], 'llama3')).toBeUndefined();
    expect(find([scripted], 'openai/gpt-4o-mini')).toBeUndefined();
  });

  it('without a provider is nobody’s when several would take it, unless one knows it', () => {
    expect(find([scripted, openai, other], 'llama3')).toBeUndefined();
    expect(find([scripted, openai, other], 'big')).toBe('other|big');
  });
});
