import { describe, expect, it } from 'vitest';
import { aliasTable, fallbackTable } from '../config/model-routes.js';
import type { ModelProvider } from './model-provider.js';
import { ModelRoutes } from './model-routes.js';
import { ScriptedModel } from './scripted/scripted-model.js';

const provider = (name: string, models: readonly string[], takesAnyName = true): ModelProvider => ({
  name,
  models,
  takesAnyName,
  factsOf: () => undefined,
  relay: () => undefined,
  model: (model) => new ScriptedModel(`${name}/${model}`, 0),
  close: () => Promise.resolve(),
});

const providers = [
  provider('scripted', ['fast'], false),
  provider('openai', ['gpt-4o']),
  provider('anthropic', ['claude-sonnet-4-5']),
];

const routes = (aliases: object, fallbacks: object = {}): ModelRoutes =>
  new ModelRoutes(providers, {
    modelAliases: aliasTable.read(aliases) ?? {},
    modelFallbacks: fallbackTable.read(fallbacks) ?? {},
  });

const shown = (found: ReturnType<ModelRoutes['find']>): string | undefined =>
  found && `${found.provider.name}/${found.name}`;

describe('an alias', () => {
  const aliases = routes({
    quick: 'scripted/fast',
    'claude-*': 'anthropic/claude-*',
    'claude-old*': 'openai/gpt-4o',
    'gpt-4o': 'anthropic/claude-sonnet-4-5',
    'old/*': 'openai/*',
    quick2: 'quick',
  });

  it.each([
    ['quick', 'scripted/fast'],
    ['claude-sonnet-4-5', 'anthropic/claude-sonnet-4-5'],
    ['claude-new', 'anthropic/claude-new'],
    // The longest beginning.
    ['claude-older', 'openai/gpt-4o'],
    // Before a name that is known.
    ['gpt-4o', 'anthropic/claude-sonnet-4-5'],
    // A full id is not meant.
    ['openai/gpt-4o', 'openai/gpt-4o'],
    ['old/gpt-5', 'openai/gpt-5'],
    // Not an alias of an alias.
    ['quick2', undefined],
    ['claude', undefined],
    ['constructor', undefined],
  ])('%s means %s', (id, meant) => {
    expect(shown(aliases.find(id))).toBe(meant);
  });
});

describe('a fallback', () => {
  const chain = (id: string): readonly (string | undefined)[] =>
    routes(
      { small: 'scripted/fast' },
      {
        'openai/gpt-4o': ['anthropic/claude-sonnet-4-5', 'small', 'openai/gpt-4o'],
        'anthropic/*': ['openai/*', 'small'],
      },
    )
      .chain(id)
      .map(shown);

  it('comes after the model, in its order, and none twice', () => {
    expect(chain('gpt-4o')).toEqual(['openai/gpt-4o', 'anthropic/claude-sonnet-4-5', 'scripted/fast']);
  });
  it('is found by the beginning of the id, and may keep the rest', () => {
    expect(chain('anthropic/x')).toEqual(['anthropic/x', 'openai/x', 'scripted/fast']);
  });
  it('is not there for others, nor for a fallback, nor for nothing', () => {
    expect(chain('scripted/fast')).toEqual(['scripted/fast']);
    expect(chain('nobody/nothing')).toEqual([]);
  });
});

describe('the tables', () => {
  it.each([
    [aliasTable, { 'a b': 'c' }, '"a b" must be a model id'],
    [aliasTable, { 'a*b': 'c' }, '"a*b" must be a model id'],
    [aliasTable, { a: 'b*' }, '"a" has no * at its end'],
    [aliasTable, { a: 1 }, '"a" must stand for a model id'],
    [fallbackTable, { a: 'b' }, '"a" must have a list of 1 to 10'],
    [fallbackTable, { a: [] }, '"a" must have a list of 1 to 10'],
    [fallbackTable, { a: ['b*'] }, '"a" has no * at its end'],
  ])('refuse what means nothing', (table, raw, why) => {
    expect(table.whyNot?.(raw)).toContain(why);
  });
});
