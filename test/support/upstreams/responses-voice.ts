import type { Piece } from '../upstream-plan.js';
import {
  defaultUsage,
  finishOf,
  type Spoken,
  type SpokenBlock,
  type SpokenUsage,
  type Voice,
} from './spoken.js';

/** OpenAI's Responses. */
export const responsesVoice: Voice = {
  dialect: 'responses',
  say: (spoken) => numbered([...opening(spoken), ...spoken.blocks.flatMap(wholeItem), ending(spoken)]),
  begin: (spoken) =>
    numbered([
      ...opening(spoken),
      ...spoken.blocks.flatMap((block, index) =>
        index < spoken.blocks.length - 1 ? wholeItem(block, index) : itemDeltas(block, index),
      ),
    ]),
  whole: (spoken) => finalResponse(spoken),
  failure: (message) => ({
    type: 'event',
    event: 'error',
    json: { type: 'error', code: 'server_error', message, param: null, sequence_number: 99 },
  }),
  refusal: (_status, message) => ({
    error: { message, type: 'invalid_request_error', param: null, code: null },
  }),
};

/** A failure that is said as the end of the response. */
export const failedResponse = (message: string, code = 'server_error'): Piece => ({
  type: 'event',
  event: 'response.failed',
  json: {
    type: 'response.failed',
    response: { ...frame({ blocks: [] }), status: 'failed', error: { code, message } },
    sequence_number: 99,
  },
});

interface Said {
  readonly name: string;
  readonly fields: object;
  readonly text?: string;
}

const say = (name: string, fields: object, text?: string): Said => ({
  name,
  fields,
  ...(text !== undefined && { text }),
});

const numbered = (events: readonly Said[]): readonly Piece[] =>
  events.map(({ name, fields, text }, sequence_number) => ({
    type: 'event',
    event: name,
    json: { type: name, ...fields, sequence_number },
    ...(text !== undefined && { text }),
  }));

const frame = ({ model = 'fake-1' }: Spoken): object => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1_700_000_000,
  status: 'in_progress',
  background: false,
  error: null,
  incomplete_details: null,
  instructions: null,
  max_output_tokens: null,
  model,
  output: [],
  parallel_tool_calls: true,
  previous_response_id: null,
  reasoning: { effort: null, summary: null },
  store: false,
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
  truncation: 'disabled',
  usage: null,
  user: null,
  metadata: {},
});

const opening = (spoken: Spoken): readonly Said[] => [
  say('response.created', { response: frame(spoken) }),
  say('response.in_progress', { response: frame(spoken) }),
];

const ending = (spoken: Spoken): Said =>
  say(isCutShort(spoken) ? 'response.incomplete' : 'response.completed', { response: finalResponse(spoken) });

const isCutShort = (spoken: Spoken): boolean => ['length', 'content_filter'].includes(finishOf(spoken));

const finalResponse = (spoken: Spoken): object => ({
  ...frame(spoken),
  status: isCutShort(spoken) ? 'incomplete' : 'completed',
  incomplete_details: isCutShort(spoken)
    ? { reason: finishOf(spoken) === 'length' ? 'max_output_tokens' : 'content_filter' }
    : null,
  output: spoken.blocks.map((block, index) => doneItem(block, index)),
  usage: spoken.usage === null ? null : usageOf(spoken.usage ?? defaultUsage),
});

const usageOf = ({ prompt, completion, cached = 0, reasoning = 0 }: SpokenUsage): object => ({
  input_tokens: prompt,
  input_tokens_details: { cached_tokens: cached },
  output_tokens: completion,
  output_tokens_details: { reasoning_tokens: reasoning },
  total_tokens: prompt + completion,
});

const itemId = (block: SpokenBlock, index: number): string =>
  `${{ text: 'msg', refusal: 'msg', reasoning: 'rs', call: 'fc' }[block.type]}_${index}`;

/** The item as it begins, and all its deltas. */
function itemDeltas(block: SpokenBlock, output_index: number): readonly Said[] {
  const at = { item_id: itemId(block, output_index), output_index };
  const added = say('response.output_item.added', { output_index, item: newItem(block, output_index) });
  switch (block.type) {
    case 'text': {
      const part = { ...at, content_index: 0 };
      return [
        added,
        say('response.content_part.added', { ...part, part: outputText('') }),
        ...block.deltas.map((delta) =>
          say('response.output_text.delta', { ...part, delta, logprobs: [] }, delta),
        ),
      ];
    }
    case 'refusal': {
      const part = { ...at, content_index: 0 };
      return [
        added,
        say('response.content_part.added', { ...part, part: { type: 'refusal', refusal: '' } }),
        ...block.deltas.map((delta) => say('response.refusal.delta', { ...part, delta })),
      ];
    }
    case 'reasoning': {
      if (block.deltas.length === 0) return [added];
      const part = { ...at, summary_index: 0 };
      return [
        added,
        say('response.reasoning_summary_part.added', { ...part, part: summaryText('') }),
        ...block.deltas.map((delta) => say('response.reasoning_summary_text.delta', { ...part, delta })),
      ];
    }
    case 'call':
      return [
        added,
        ...block.arguments.map((delta) => say('response.function_call_arguments.delta', { ...at, delta })),
      ];
  }
}

function wholeItem(block: SpokenBlock, output_index: number): readonly Said[] {
  const done = say('response.output_item.done', { output_index, item: doneItem(block, output_index) });
  return [...itemDeltas(block, output_index), ...partEnds(block, output_index), done];
}

function partEnds(block: SpokenBlock, output_index: number): readonly Said[] {
  const at = { item_id: itemId(block, output_index), output_index };
  switch (block.type) {
    case 'text': {
      const part = { ...at, content_index: 0 };
      const text = block.deltas.join('');
      return [
        say('response.output_text.done', { ...part, text, logprobs: [] }),
        say('response.content_part.done', { ...part, part: outputText(text) }),
      ];
    }
    case 'refusal': {
      const part = { ...at, content_index: 0 };
      const refusal = block.deltas.join('');
      return [
        say('response.refusal.done', { ...part, refusal }),
        say('response.content_part.done', { ...part, part: { type: 'refusal', refusal } }),
      ];
    }
    case 'reasoning': {
      if (block.deltas.length === 0) return [];
      const part = { ...at, summary_index: 0 };
      const text = block.deltas.join('');
      return [
        say('response.reasoning_summary_text.done', { ...part, text }),
        say('response.reasoning_summary_part.done', { ...part, part: summaryText(text) }),
      ];
    }
    case 'call':
      return [say('response.function_call_arguments.done', { ...at, arguments: block.arguments.join('') })];
  }
}

const outputText = (text: string): object => ({ type: 'output_text', text, annotations: [], logprobs: [] });
const summaryText = (text: string): object => ({ type: 'summary_text', text });

function newItem(block: SpokenBlock, index: number): object {
  const id = itemId(block, index);
  switch (block.type) {
    case 'text':
    case 'refusal':
      return { id, type: 'message', status: 'in_progress', role: 'assistant', content: [] };
    case 'reasoning':
      return { id, type: 'reasoning', summary: [] };
    case 'call':
      return {
        id,
        type: 'function_call',
        status: 'in_progress',
        arguments: '',
        call_id: block.id,
        name: block.name,
      };
  }
}

function doneItem(block: SpokenBlock, index: number): object {
  const item = newItem(block, index);
  switch (block.type) {
    case 'text':
      return { ...item, status: 'completed', content: [outputText(block.deltas.join(''))] };
    case 'refusal':
      return {
        ...item,
        status: 'completed',
        content: [{ type: 'refusal', refusal: block.deltas.join('') }],
      };
    case 'reasoning':
      return {
        ...item,
        summary: block.deltas.length === 0 ? [] : [summaryText(block.deltas.join(''))],
        ...(block.encrypted !== undefined && { encrypted_content: block.encrypted }),
      };
    case 'call':
      return { ...item, status: 'completed', arguments: block.arguments.join('') };
  }
}
