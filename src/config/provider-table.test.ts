import { describe, expect, it } from 'vitest';
import { providerTable, withKeys } from './provider-table.js';
import { providersOf } from './providers-of.js';
import { readSettings } from './read-settings.js';
import { Settings } from './settings.js';

const url = 'https://models.example/v1';
const why = (table: object): string | undefined => providerTable.whyNot?.(JSON.stringify(table));

describe('the table of providers', () => {
  it('fills in what is usual for each type', () => {
    const read = providerTable.read({
      one: { type: 'openai' },
      two: { type: 'openai_compatible', base_url: url, models: ['a', 'a', 'b/c'], takes_any_name: false },
      three: { type: 'anthropic', api_key: 'sk-ant', max_concurrent: 2, idle_timeout_ms: 5 },
      four: { type: 'azure', endpoint: 'https://mine.example', deployments: { 'gpt-4o': 'big' } },
      five: { type: 'copilot' },
      six: { type: 'scripted', models: ['slow'] },
    });
    const every = { models: [], takes_any_name: true };
    const server = { ...every, headers: {} };

    expect(read).toEqual({
      one: { type: 'openai', ...server, base_url: 'https://api.openai.com/v1', api: 'responses' },
      two: {
        type: 'openai_compatible',
        models: ['a', 'b/c'],
        takes_any_name: false,
        headers: {},
        base_url: url,
        api: 'chat_completions',
      },
      three: {
        type: 'anthropic',
        ...server,
        api_key: 'sk-ant',
        base_url: 'https://api.anthropic.com',
        max_concurrent: 2,
        idle_timeout_ms: 5,
      },
      four: {
        type: 'azure',
        ...server,
        endpoint: 'https://mine.example',
        api: 'chat_completions',
        deployments: { 'gpt-4o': 'big' },
      },
      five: { type: 'copilot', ...server },
      six: { type: 'scripted', models: ['slow'], takes_any_name: false },
    });
  });

  it.each([
    [{ 'A b': { type: 'openai' } }, 'the provider name "A b" must be 1 to 64'],
    [{ a: { type: 'gemini' } }, 'a.type must be one of openai, openai_compatible'],
    [{ a: { type: 'openai', endpoint: url } }, 'a has "endpoint", but may only have'],
    [{ a: { type: 'openai_compatible' } }, 'a.base_url must be there'],
    [{ a: { type: 'openai', base_url: 'ftp://x' } }, 'a.base_url must be a URL'],
    [{ a: { type: 'openai', api: 'messages' } }, 'a.api must be chat_completions or responses'],
    [{ a: { type: 'openai', api_key: 'k', api_key_env: 'K' } }, 'a may have an api_key or an api_key_env'],
    [{ a: { type: 'openai', api_key_env: 'A B' } }, 'a.api_key_env must be the name of a variable'],
    [{ a: { type: 'openai', headers: { 'x y': '1' } } }, 'a.headers must be a mapping'],
    [{ a: { type: 'openai', headers: { x: 'a\nb' } } }, 'a.headers must have values that HTTP can send'],
    [{ a: { type: 'openai', models: ['a b'] } }, 'a.models must be a list'],
    [{ a: { type: 'openai', takes_any_name: false } }, 'a has no models and takes no other names'],
    [{ a: { type: 'openai', max_concurrent: 0 } }, 'a.max_concurrent must be a whole number from 1'],
    [{ a: { type: 'openai', idle_timeout_ms: 0 } }, 'a.idle_timeout_ms must be a whole number from 1'],
    [{ a: { type: 'azure' } }, 'a.endpoint must be a URL'],
    [{ a: { type: 'azure', endpoint: url, api_version: 'new' } }, 'a.api_version must be v1'],
    [{ scripted: { type: 'openai' } }, 'scripted is the built-in provider'],
  ])('refuses %j', (table, sentence) => {
    expect(why(table)).toContain(sentence);
  });

  it('never shows a key, not even a wrong one', () => {
    expect(why({ a: { type: 'openai', api_key: 'two words' } })).toBe(
      'a.api_key must be text without spaces',
    );
    const wrong = { PULLCORD_PROVIDERS: '{"a":{"type":"openai","api_key":"two words"' };
    expect(() => readSettings(wrong)).toThrow(/^PULLCORD_PROVIDERS is wrong: it is not valid JSON\.$/);
  });

  it('takes keys from the variables that it names', () => {
    const table = providerTable.read({ mine: { type: 'openai', api_key_env: 'MY_KEY' } }) ?? {};

    expect(withKeys(table, { MY_KEY: 'sk-1' })).toMatchObject({ mine: { api_key: 'sk-1' } });
    expect(() => withKeys(table, {})).toThrow('MY_KEY, which is to have the key of the provider "mine"');
    expect(() => withKeys(table, { MY_KEY: 'not this' })).toThrow(/^((?!not this).)*$/);
  });

  it('stands beside the variables that the vendors know, and goes before them', () => {
    const settings = readSettings({
      OPENAI_API_KEY: 'sk-o',
      ANTHROPIC_API_KEY: 'sk-a',
      AZURE_OPENAI_ENDPOINT: 'https://mine.example',
      AZURE_OPENAI_API_KEY: 'az',
      OPENAI_API_VERSION: '2024-10-21',
      PULLCORD_PROVIDERS: '{"anthropic":{"type":"openai_compatible","base_url":"http://127.0.0.1:1/v1"}}',
    });

    expect(providersOf(settings)).toMatchObject({
      openai: { type: 'openai', api_key: 'sk-o', api: 'responses' },
      anthropic: { type: 'openai_compatible' },
      azure: { type: 'azure', endpoint: 'https://mine.example', api_key: 'az', api_version: '2024-10-21' },
    });
    expect(providersOf(new Settings())).toEqual({});
  });

  it('takes a base URL that is not OpenAI’s for a server that may know chat completions alone', () => {
    const typeAt = (openaiBaseUrl: string) =>
      providersOf(Object.assign(new Settings(), { openaiBaseUrl })).openai?.type;

    expect(typeAt('http://127.0.0.1:11434/v1')).toBe('openai_compatible');
    expect(typeAt('https://api.openai.com/v1')).toBe('openai');
  });
});
