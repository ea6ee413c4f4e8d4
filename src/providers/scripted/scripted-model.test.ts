import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { ModelPart, ModelRequest } from '../language-model.js';
import { ScriptedModel } from './scripted-model.js';

const request = (text: string): ModelRequest => ({
  messages: [{ role: 'user', parts: [{ type: 'text', text }] }],
  tools: [],
  parameters: {},
  task: 'answer',
});
const model = new ScriptedModel('scripted/fast', 0);
const hour = 3_600_000;

async function collect(parts: AsyncIterable<ModelPart>): Promise<{ text: string; error?: unknown }> {
  let text = '';
  try {
    for await (const part of parts) if (part.type === 'text') text += part.delta;
    return { text };
  } catch (error) {
    return { text, error };
  }
}

describe('the scripted model', () => {
  it('says what the script says', async () => {
    const { text } = await collect(
      model.stream(request('/echo Hello, **you**'), new AbortController().signal),
    );

    expect(text).toBe('Hello, **you**');
  });

  it('keeps its pace, and lets go of it at once when aborted', async () => {
    const abort = new AbortController();
    const slow = new ScriptedModel('scripted/default', hour);
    const said = collect(slow.stream(request('/echo never'), abort.signal));
    const early = await Promise.race([said, new Promise((resolve) => setImmediate(resolve, 'waiting'))]);
    abort.abort('enough');

    expect(early).toBe('waiting');
    expect(await said).toEqual({ text: '', error: 'enough' });
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
  });

  it('stalls until it is aborted', async () => {
    const abort = new AbortController();
    const parts = model.stream(request('/stall 1\n/echo one two'), abort.signal)[Symbol.asyncIterator]();
    expect(await parts.next()).toEqual({ done: false, value: { type: 'text', delta: 'one' } });
    const next = parts.next();
    abort.abort('enough');

    await expect(next).rejects.toBe('enough');
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
  });

  it('breaks off where it is told to, with what it has said', async () => {
    const { text, error } = await collect(
      model.stream(request('/fail-after 1\n/echo one two'), new AbortController().signal),
    );

    expect(text).toBe('one');
    expect(error).toMatchObject({ name: 'ModelError', code: 'upstream_protocol' });
  });

  it('lets others have their turn and hears an abort, even without a pace', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort('enough'), 1);
    const { text, error } = await collect(model.stream(request('/words 100000'), abort.signal));

    expect(error).toBe('enough');
    expect(text.split(' ').length).toBeLessThan(100_000);
  });

  it('gives every tool call an id of its own', async () => {
    const ids = new Set<string>();
    for (let i = 0; i < 2; i += 1)
      for await (const part of model.stream(request('/tool a\n/tool a'), new AbortController().signal))
        if (part.type === 'tool_call') ids.add(part.tool_call_id);

    expect(ids.size).toBe(4);
  });
});
