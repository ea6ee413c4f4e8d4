import { describe, expect, it } from 'vitest';
import { modesOf } from './mode-table.js';
import { readSettings } from './read-settings.js';

const read = (modes: unknown) => readSettings({ PULLCORD_MODES: JSON.stringify(modes) });

describe('modes', () => {
  it('are the built-in ones where nothing is set', () => {
    const modes = modesOf(readSettings({}));

    expect([...modes.keys()]).toEqual(['chat', 'plan', 'act']);
    expect(modes.get('chat')).toEqual({});
    expect(modes.get('plan')).toMatchObject({ permissions: ['read'] });
  });

  it('are read from the environment as from the file, and may be another chat, plan or act', () => {
    const review = {
      instructions: 'Find what is wrong.',
      tools: ['read_*', 'current_time'],
      permissions: ['network', 'read'],
      agent_role: 'planner',
      needs_tools: true,
    };
    const modes = modesOf(read({ review, plan: { tools: [] } }));

    expect([...modes.keys()]).toEqual(['chat', 'plan', 'act', 'review']);
    expect(modes.get('review')).toEqual({ ...review, permissions: ['read', 'network'] });
    expect(modes.get('plan')).toEqual({ tools: [] });
    expect(readSettings({}, 'modes:\n  quiet: { tools: [] }\n').modes).toEqual({ quiet: { tools: [] } });
  });

  it.each([
    [[], 'it must be a mapping'],
    [{ '': {} }, 'the name "" must be 1 to 64 characters'],
    [{ 'a\nb': {} }, 'the name "a\\nb" must be 1 to 64 characters'],
    [{ a: 'Be kind.' }, 'a must be a mapping'],
    [{ a: { instruction: 'x' } }, 'a has "instruction", but may only have instructions, tools'],
    [{ a: { instructions: 1 } }, 'a.instructions must be a text of at most 20000 characters'],
    [
      { a: { instructions: 'x'.repeat(20_001) } },
      'a.instructions must be a text of at most 20000 characters',
    ],
    [{ a: { tools: 'read_*' } }, 'a.tools must be a list of at most 200 names of tools'],
    [{ a: { tools: ['read file'] } }, 'a.tools must be a list of at most 200 names of tools'],
    [{ a: { tools: Array(201).fill('x') } }, 'a.tools must be a list of at most 200 names of tools'],
    [
      { a: { permissions: ['all'] } },
      'a.permissions must be a list of some of read, write, execute, network',
    ],
    [{ a: { agent_role: 'king' } }, 'a.agent_role must be planner or actor'],
    [{ a: { needs_tools: 'yes' } }, 'a.needs_tools must be true or false'],
  ])('refuses %j, and says what is wrong', (modes, sentence) => {
    expect(() => read(modes)).toThrow(`PULLCORD_MODES is wrong: ${sentence}`);
  });

  it('have a limit', () => {
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`m${n}`, {}]));

    expect(() => read(many)).toThrow('there are more than 100 modes');
  });
});
