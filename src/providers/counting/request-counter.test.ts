import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, it } from 'vitest';
import { Settings } from '../../config/settings.js';
import type { PromptMessage, PromptPart, ToolSchema } from '../language-model.js';
import { factsOf, unknownModel } from '../model-facts.js';
import { atMost, mapToCountable, mapToText } from './map-to-countable.js';
import { RequestCounter, type CountedRequest } from './request-counter.js';

const gpt = factsOf('gpt-4o') ?? unknownModel;
const claude = factsOf('claude-sonnet-4-5') ?? unknownModel;
const text = 'Whose woods these are I think I know.';
const question: PromptMessage = { role: 'user', parts: [{ type: 'text', text }] };
const tool: ToolSchema = { name: 'look', description: 'Looks.', parameters: { type: 'object' } };
const counter = new RequestCounter(new Settings());

const count = (request: Partial<CountedRequest>, facts = gpt) =>
  counter.countRequest({ messages: [], tools: [], ...request }, facts);
const asking = (...parts: readonly PromptPart[]): Partial<CountedRequest> => ({
  messages: [{ role: 'user', parts }],
});

/** As long as an image of this size is for whoever reads its head. */
const png = (width: number, height: number): string => {
  const head = Buffer.alloc(60);
  head.write('\x89PNG\r\n\x1a\n', 'latin1');
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  return head.toString('base64');
};

it('counts the texts of a request, what frames them, and where the answer begins', async () => {
  const system: PromptMessage = { role: 'system', content: text };
  const texts = 2 * countTokens(text);
  expect(await count({ messages: [system, question] })).toEqual({
    tokens: texts + 2 * 4 + 3,
    is_estimated: false,
  });
});

it('says that it estimates where the family of the model publishes no tokenizer', async () => {
  for (const facts of [claude, unknownModel]) {
    const { tokens, is_estimated } = await count({ messages: [question] }, facts);
    expect(is_estimated).toBe(true);
    expect(tokens).toBe(Math.ceil(1.2 * countTokens(text)) + 8 + 3);
  }
});

it('counts tools as what they say, and once what comes with them', async () => {
  const one = countTokens(JSON.stringify(tool)) + 7;
  expect((await count({ tools: [tool] })).tokens).toBe(one + 12 + 3);
  expect((await count({ tools: [tool, tool] })).tokens).toBe(2 * one + 12 + 3);
  expect((await count({ tools: [tool] }, claude)).tokens).toBeGreaterThan(346);
  expect((await count({ tools: [tool] }, unknownModel)).tokens).toBeLessThan(346);
});

it('counts the schema that an answer shall have', async () => {
  const schema = { type: 'object', properties: { name: { type: 'string' } } };
  const { tokens } = await count({ response_format: { type: 'json_schema', name: 'person', schema } });
  expect(tokens).toBeGreaterThan(countTokens(JSON.stringify(schema)) + 3);
  expect((await count({ response_format: { type: 'json_object' } })).tokens).toBe(3);
});

it.each([
  ['gpt-4o', 'high', 765],
  ['gpt-4o', 'low', 85],
  ['gpt-4o-mini', 'low', 2833],
  ['gpt-5-nano', 'auto', Math.ceil(2.46 * 1024)],
  ['claude-sonnet-4-5', 'low', 1399],
] as const)('counts an image as %s does, detail %s', async (name, detail, tokens) => {
  const facts = factsOf(name) ?? unknownModel;
  const frame = (await count(asking(), facts)).tokens;
  const image = { type: 'image', base64: png(1024, 1024), mime_type: 'image/png', detail } as const;
  expect((await count(asking(image), facts)).tokens - frame).toBe(tokens);
  const url = `data:image/png;base64,${image.base64}`;
  expect((await count(asking({ type: 'image', url, detail }), facts)).tokens - frame).toBe(tokens);
});

it('takes an image that it cannot measure for a large one, and says that it estimates', async () => {
  const url = 'https://example.com/a.png';
  expect(await count(asking({ type: 'image', url }))).toEqual({ tokens: 1105 + 4 + 3, is_estimated: true });
  const broken = { type: 'image', base64: 'AAAA', mime_type: 'image/png' } as const;
  expect(await count(asking(broken))).toEqual({ tokens: 1105 + 4 + 3, is_estimated: true });
});

it('reads files that are text, and takes others by their size', async () => {
  const base64 = Buffer.from(text).toString('base64');
  const plain = await count(asking({ type: 'file', base64, mime_type: 'text/plain' }));
  expect(plain).toEqual({ tokens: countTokens(text) + 4 + 3, is_estimated: false });
  const pdf = Buffer.alloc(120_000).toString('base64');
  const pages = await count(asking({ type: 'file', base64: pdf, mime_type: 'application/pdf' }));
  expect(pages).toEqual({ tokens: 9000 + 4 + 3, is_estimated: true });
});

it('counts reasoning, calls and their results, the images in them too', async () => {
  const call = { id: 'call_1', name: 'look', arguments: { at: 'the lake' } };
  const messages: readonly PromptMessage[] = [
    { role: 'assistant', content: text, reasoning: [{ text: 'Frozen?' }], tool_calls: [call] },
    {
      role: 'tool',
      tool_call_id: 'call_1',
      tool_name: 'look',
      content: 'a frozen lake',
      parts: [
        { type: 'text', text: 'a frozen lake' },
        { type: 'image', base64: png(512, 512), mime_type: 'image/png' },
      ],
      is_error: false,
    },
  ];
  const [said, result] = messages.map(mapToText);
  expect(said).toBe(`Frozen?\n${text}\n${JSON.stringify(call)}`);
  // The text of a result is there twice, and counts once.
  expect(result?.match(/frozen/g)).toHaveLength(1);
  const { tokens } = await count({ messages });
  expect(tokens).toBe(countTokens(said ?? '') + countTokens(result ?? '') + 255 + 2 * 4 + 3);
});

it('knows without counting how many tokens there are at most', async () => {
  for (const facts of [gpt, claude]) {
    const most = atMost(mapToCountable(question, facts));
    expect(most).toBeGreaterThanOrEqual(await counter.ofMessage(question, facts));
  }
});
