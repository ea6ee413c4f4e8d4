import { describe, expect, it } from 'vitest';
import { groupModels } from './model-groups.js';

const models = [
  { id: 'scripted/default', provider: 'scripted' },
  { id: 'openai/a', provider: 'openai' },
  { id: 'scripted/plain', provider: 'scripted' },
];
const listed = [
  { provider: 'scripted', ids: ['scripted/default', 'scripted/plain'] },
  { provider: 'openai', ids: ['openai/a'] },
];

describe('The models of the picker', () => {
  it('stand with their providers', () => expect(groupModels(models, null)).toEqual(listed));
  it('are not doubled by the one that is chosen', () =>
    expect(groupModels(models, 'openai/a')).toEqual(listed));
  it('have the chosen one among them, whoever has forgotten it', () =>
    expect(groupModels(models, 'openai/gone')).toEqual([
      ...listed,
      { provider: 'Not listed', ids: ['openai/gone'] },
    ]));
});
