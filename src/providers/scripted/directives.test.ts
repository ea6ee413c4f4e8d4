import { describe, expect, it } from 'vitest';
import { maxCalls, readDirectives } from './directives.js';

const none = { calls: [], rounds: 1, text: '', mistakes: [], echo: undefined };

describe('the directives in a message', () => {
  it.each([
    ['', {}],
    ['Hello', { text: 'Hello' }],
    ['/reason', { reason: true }],
    ['/words 500', { words: 500 }],
    ['/words 0', { words: 0 }],
    ['/pace 5', { paceMs: 5 }],
    ['/stall', { stallAfter: 3 }],
    ['/stall 0', { stallAfter: 0 }],
    ['/fail', { fail: 'default' }],
    ['/fail rate_limited', { fail: 'rate_limited' }],
    ['/fail-after 5', { failAfter: 5 }],
    ['/rounds 3', { rounds: 3 }],
    ['  /reason  ', { reason: true }],
    ['/reason\r\n/words 2\r\n', { reason: true, words: 2 }],
    ['Think\n/reason\nplease', { reason: true, text: 'Think\nplease' }],
    ['/words 1\n/words 2', { words: 2 }],
    ['/tool clock', { calls: [{ name: 'clock', arguments: '{}' }] }],
    ['/tool clock {"timezone": "UTC"}', { calls: [{ name: 'clock', arguments: '{"timezone": "UTC"}' }] }],
    ['/tool clock {"oops', { calls: [{ name: 'clock', arguments: '{"oops' }] }],
    [
      '/tool a {}\n/tool b []',
      {
        calls: [
          { name: 'a', arguments: '{}' },
          { name: 'b', arguments: '[]' },
        ],
      },
    ],
    ['/echo Hi', { echo: 'Hi' }],
    ['/echo', { echo: '' }],
    ['/echo  **two** spaces ', { echo: ' **two** spaces ' }],
    ['/echo\n# Title\n\n/reason is text here 🙂\n', { echo: '# Title\n\n/reason is text here 🙂\n' }],
    ['/pace 1\n/echo a', { paceMs: 1, echo: 'a' }],
    ['say /echo a', { text: 'say /echo a' }],
    ['/echoes', { text: '/echoes' }],
    ['/usr/bin is a folder', { text: '/usr/bin is a folder' }],
    ['/constructor', { text: '/constructor' }],
  ])('%j', (message, expected) => {
    expect(readDirectives(message)).toEqual({ ...none, ...expected });
  });

  it.each([
    ['/words', '/words needs a whole number from 0 to 100000.'],
    ['/words many', '/words needs a whole number from 0 to 100000.'],
    ['/words 100001', '/words needs a whole number from 0 to 100000.'],
    ['/words -1', '/words needs a whole number from 0 to 100000.'],
    ['/words 1e3', '/words needs a whole number from 0 to 100000.'],
    ['/pace 60001', '/pace needs a whole number from 0 to 60000.'],
    ['/rounds 1001', '/rounds needs a whole number from 0 to 1000.'],
    ['/fail-after', '/fail-after needs a whole number from 0 to 100000.'],
    ['/tool', '/tool needs the name of a tool, and after it the arguments as JSON.'],
  ])('%j is a mistake', (message, mistake) => {
    expect(readDirectives(message)).toEqual({ ...none, mistakes: [mistake] });
  });

  it('may not order more calls than there is room for', () => {
    const { calls, mistakes } = readDirectives('/tool clock\n'.repeat(maxCalls + 1));

    expect(calls).toHaveLength(maxCalls);
    expect(mistakes).toEqual(['/tool can be given 32 times.']);
  });

  it('that name an unknown failure are told which there are', () => {
    expect(readDirectives('/fail badly').mistakes[0]).toContain('rate_limited, upstream_error');
  });
});
