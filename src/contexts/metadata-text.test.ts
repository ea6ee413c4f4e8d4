import { describe, expect, it } from 'vitest';
import type { ContextId, MessageId } from '../kernel/ids.js';
import { readContext } from './context-row.js';
import { MetadataView } from './dto/context-views.js';
import { metadataText, type LightRow } from './metadata-text.js';

const row: LightRow = {
  id: '0199c9a2-7f3e-7a51-8c11-0d5a3c1e9b77' as ContextId,
  title: null,
  config: '{}',
  state_type: 'awaiting_user',
  state: '{"type":"awaiting_user","reason":"input"}',
  active_branch: 'main' as LightRow['active_branch'],
  revision: 57,
  created_at: 1_769_860_800_000,
  updated_at: 1_769_860_800_123,
  head_depth: 2,
  stream_id: null,
  stream_sequence: null,
};

const stream = { stream_id: '0199c9a2-8a02-7d3e-b1f0-6a4c2e8d7f15' as MessageId, stream_sequence: 42 };

const cases: Record<string, Partial<LightRow>> = {
  'a context without anything': {},
  'a title that needs escapes': { title: '"quoted"\n\u2028 \ud800 😀 \\' },
  'a model and a mode': {
    config: '{"mode":"code","model":"scripted/\\"default","parameters":{"temperature":1}}',
  },
  'a stream of a producer outside': stream,
};

describe('the light view as text', () => {
  it.each(Object.entries(cases))('is what the object of %s would be written as', (_, facts) => {
    const light = { ...row, ...facts };
    const context = readContext({
      ...light,
      owner: 'local',
      title_folded: null,
      title_source: null,
      is_archived: 0,
    } as never);
    const { stream_id: message_id, stream_sequence } = light;
    const streaming = message_id ? [{ message_id, current_sequence: stream_sequence ?? 0 }] : [];
    const view = MetadataView.of({ ...context, message_count: light.head_depth, streaming });
    expect(metadataText(light)).toBe(JSON.stringify(view));
  });

  it('shows in the state how far the stream has got, in place of how far it was', () => {
    const state = `{"type":"streaming_response","message_id":"${stream.stream_id}","sequence":0}`;
    const text = metadataText({ ...row, ...stream, state_type: 'streaming_response', state });
    expect(JSON.parse(text)).toMatchObject({ state: { message_id: stream.stream_id, sequence: 42 } });
    expect(text).not.toContain('"sequence":0');
  });
});
