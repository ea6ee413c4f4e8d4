import { describe, expect, it } from 'vitest';
import { expand, undeclared } from './template-format.js';

const variables = [{ name: 'language', default: 'English' }, { name: 'reader' }];

describe('a template', () => {
  it('has values and defaults put into it, wherever their names stand', () => {
    const content = 'Write {{language}} for {{ reader }}, in {{language}}.';

    expect(expand(content, variables, { reader: 'children' })).toEqual({
      type: 'text',
      text: 'Write English for children, in English.',
    });
    expect(expand(content, variables, { reader: 'me', language: '' })).toMatchObject({
      text: 'Write  for me, in .',
    });
  });

  it('takes a value for data, whatever it looks like', () => {
    const values = { reader: '{{language}} $& $1 \\{{reader}}', language: '{{reader}}' };

    expect(expand('{{reader}}|{{language}}', variables, values)).toMatchObject({
      text: '{{language}} $& $1 \\{{reader}}|{{reader}}',
    });
  });

  it('leaves what a backslash stands before, and what is no name', () => {
    expect(expand('\\{{reader}} {{}} {{1x}} {{a.b}} { {language} }', [], {})).toMatchObject({
      text: '{{reader}} {{}} {{1x}} {{a.b}} { {language} }',
    });
  });

  it('says which values are missing', () => {
    expect(expand('Hello', variables, {})).toEqual({ type: 'missing', names: ['reader'] });
    expect(expand('Hello', [{ name: 'toString' }], {})).toEqual({ type: 'missing', names: ['toString'] });
  });

  it('names what it has that is not declared, each once', () => {
    expect(undeclared('{{a}} {{language}} {{b}} {{a}} \\{{c}}', variables)).toEqual(['a', 'b']);
  });

  it('is not expanded past a limit', () => {
    const content = '{{language}}'.repeat(1001);

    expect(expand(content, variables, { reader: '', language: 'x'.repeat(1000) })).toEqual({
      type: 'too_long',
    });
    expect(expand(content, variables, { reader: '', language: 'x'.repeat(999) }).type).toBe('text');
  });
});
