import { dialects, type Dialect } from '../../../src/providers/language-model.js';
import { die, raw, reset, type Plan, type PlannedCall } from '../upstream-plan.js';
import {
  beginIn,
  calling,
  failedResponse,
  failureIn,
  refusalIn,
  refusing,
  saying,
  speak,
  thinking,
  type Spoken,
} from '../upstreams/speak.js';
import type { Ask } from './ask.js';
import { withComments, withEmptyChunks, withManyLines } from './odd-wire.js';

/** What is asked, and what the provider does then, whichever dialects they speak. */
export interface Situation {
  /** The name of its file. */
  readonly name: string;
  readonly ask: Ask;
  readonly answer: (upstream: Dialect) => Plan;
  /** Where it can come about: in every dialect, unless told otherwise. */
  readonly upstreams?: readonly Dialect[];
  readonly clients?: readonly Dialect[];
  /** Only how a dialect is read matters: relayed once and translated once, not from everyone to everyone. */
  readonly isOncePerUpstream?: boolean;
}

const hello: Ask = { turns: [{ by: 'user', text: 'Hello?' }] };
const withTools: Ask = { ...hello, hasTools: true };
const tellMore: Ask = { ...hello, isThinking: true };

const says =
  (spoken: Spoken) =>
  (dialect: Dialect): Plan =>
    speak(dialect, spoken);

const greeting: Spoken = { blocks: [saying('Good', ' day', '.')] };
const clock: PlannedCall = { id: 'call_a', name: 'clock', arguments: ['{"zo', 'ne":"U', 'TC"}'] };
const moon: PlannedCall = { id: 'call_b', name: 'moon', arguments: ['{', '}'] };
const begun: Spoken = { blocks: [saying('Good', ' day')] };

const texts: readonly Situation[] = [
  { name: 'text', ask: { ...hello, system: 'Be brief.' }, answer: says(greeting) },
  { name: 'text-whole', ask: { ...hello, isWhole: true }, answer: says(greeting) },
  {
    name: 'characters-torn',
    isOncePerUpstream: true,
    ask: hello,
    answer: says({ blocks: [saying('naïve ', '🙂👩‍👩‍👧 ', '日本', '\u2028 "\\"\n')], packing: 'torn' }),
  },
  {
    name: 'all-in-one-packet',
    isOncePerUpstream: true,
    ask: hello,
    answer: says({ ...greeting, packing: 1000 }),
  },
  {
    name: 'carriage-returns',
    isOncePerUpstream: true,
    ask: hello,
    answer: says({ ...greeting, eol: '\r\n' }),
  },
  {
    name: 'comments-and-empty-events',
    isOncePerUpstream: true,
    ask: hello,
    answer: (dialect) => withComments(speak(dialect, greeting)),
  },
  {
    name: 'many-data-lines',
    isOncePerUpstream: true,
    ask: hello,
    answer: (dialect) => withManyLines(speak(dialect, greeting)),
  },
  {
    name: 'empty-chunks',
    isOncePerUpstream: true,
    ask: hello,
    answer: (dialect) => withEmptyChunks(dialect, speak(dialect, greeting)),
  },
  { name: 'nothing-said', ask: hello, answer: says({ blocks: [] }) },
];

const thoughts: readonly Situation[] = [
  {
    name: 'thinking',
    ask: tellMore,
    answer: says({
      blocks: [thinking('Let me', ' see.'), saying('Good', ' day.')],
      usage: { prompt: 9, completion: 40, reasoning: 30 },
    }),
  },
  {
    name: 'thinking-whole',
    ask: { ...tellMore, isWhole: true },
    answer: says({ blocks: [thinking('Let me', ' see.'), saying('Good', ' day.')] }),
  },
  {
    name: 'thinking-unreadable',
    ask: tellMore,
    upstreams: ['responses', 'messages'],
    answer: says({
      blocks: [
        { type: 'reasoning', deltas: [], redacted: 'c2VjcmV0', encrypted: 'c2VjcmV0' },
        saying('Good day.'),
      ],
    }),
  },
  {
    name: 'thinking-then-calls',
    ask: { ...tellMore, hasTools: true },
    answer: says({ blocks: [thinking('I need', ' both.'), calling(clock), calling(moon)] }),
  },
  {
    name: 'thinking-given-back',
    ask: {
      ...tellMore,
      hasTools: true,
      turns: [
        { by: 'user', text: 'What time is it?' },
        {
          by: 'model',
          thinking: { text: 'I need the clock.', signature: 'c2lnbmVk', encrypted: 'ZW5jcnlwdGVk' },
          calls: [{ id: 'call_a', name: 'clock', input: { zone: 'UTC' } }],
        },
        { by: 'tool', id: 'call_a', output: '12:00' },
      ],
    },
    answer: says({ blocks: [saying('Noon.')] }),
  },
];

const tools: readonly Situation[] = [
  {
    name: 'tool-call',
    ask: withTools,
    answer: says({ blocks: [calling(clock)] }),
  },
  {
    name: 'tool-calls-parallel',
    ask: withTools,
    answer: says({ blocks: [saying('One', ' moment.'), calling(clock), calling(moon)] }),
  },
  {
    name: 'tool-calls-whole',
    ask: { ...withTools, isWhole: true },
    answer: says({ blocks: [saying('One moment.'), calling(clock), calling(moon)] }),
  },
  {
    name: 'tool-call-without-arguments',
    isOncePerUpstream: true,
    ask: withTools,
    answer: says({ blocks: [calling({ id: 'call_b', name: 'moon', arguments: [] })] }),
  },
  {
    name: 'tool-choice-forced',
    ask: { ...withTools, choice: { name: 'moon' }, isOneCallAtMost: true },
    answer: says({ blocks: [calling(moon)] }),
  },
  {
    name: 'tool-choice-required',
    isOncePerUpstream: true,
    ask: { ...withTools, choice: 'required' },
    answer: says({ blocks: [calling(moon)] }),
  },
  {
    name: 'tool-choice-none',
    isOncePerUpstream: true,
    ask: { ...withTools, choice: 'none' },
    answer: says(greeting),
  },
  {
    name: 'tool-results',
    ask: {
      ...withTools,
      system: 'Use the tools.',
      turns: [
        { by: 'user', text: 'Time and moon?' },
        {
          by: 'model',
          text: 'One moment.',
          calls: [
            { id: 'call_a', name: 'clock', input: { zone: 'UTC' } },
            { id: 'call_b', name: 'moon', input: {} },
          ],
        },
        { by: 'tool', id: 'call_a', output: '12:00' },
        { by: 'tool', id: 'call_b', output: 'The moon is gone.', isError: true },
        { by: 'user', text: 'And?' },
      ],
    },
    answer: says({ blocks: [saying('Noon, and no moon.')] }),
  },
];

const endings: readonly Situation[] = [
  {
    name: 'ends-by-length',
    ask: { ...hello, maxTokens: 16 },
    answer: says({ ...begun, finish: 'length' }),
  },
  { name: 'ends-by-filter', ask: hello, answer: says({ ...begun, finish: 'content_filter' }) },
  {
    name: 'ends-by-stop-sequence',
    ask: { ...hello, stop: ['END', 'STOP'] },
    clients: ['chat_completions', 'messages'],
    answer: says({ ...begun, stopSequence: 'END' }),
  },
  {
    name: 'refusal',
    ask: hello,
    upstreams: ['chat_completions', 'responses'],
    answer: says({ blocks: [refusing('I', ' will not.')] }),
  },
  {
    name: 'usage-cached',
    ask: hello,
    answer: says({
      ...greeting,
      usage: { prompt: 100, completion: 20, cached: 60, reasoning: 5, cacheWrite: 30 },
    }),
  },
  {
    name: 'usage-unwanted',
    ask: { ...hello, isUsageUnwanted: true },
    clients: ['chat_completions'],
    answer: says(greeting),
  },
  {
    name: 'usage-unknown',
    ask: hello,
    upstreams: ['chat_completions', 'responses'],
    answer: says({ ...greeting, usage: null }),
  },
];

const requests: readonly Situation[] = [
  {
    name: 'images',
    ask: {
      turns: [
        {
          by: 'user',
          text: 'What are these?',
          images: [{ base64: 'iVBORw0KGgo=', type: 'image/png' }, { url: 'https://example.com/cat.jpg' }],
        },
      ],
    },
    answer: says({ blocks: [saying('A dot and a cat.')] }),
  },
  {
    name: 'structured-output',
    ask: {
      ...hello,
      schema: {
        type: 'object',
        properties: { mood: { type: 'string' } },
        required: ['mood'],
        additionalProperties: false,
      },
    },
    answer: says({ blocks: [saying('{"mood"', ':"good"}')] }),
  },
  {
    name: 'parameters',
    ask: { ...hello, temperature: 0.3, maxTokens: 50 },
    answer: says(greeting),
  },
  {
    name: 'unknown-fields',
    isOncePerUpstream: true,
    ask: { ...hello, more: { sparkle: { level: 11 } } },
    answer: says({ ...greeting, model: 'fake-1-2026-01-01', headers: { 'x-served-by': 'a dwarf' } }),
  },
];

const failures: readonly Situation[] = [
  {
    name: 'refused-400',
    ask: hello,
    answer: (dialect) => refusalIn(dialect, 400, 'That is not how one asks.'),
  },
  {
    name: 'refused-401',
    isOncePerUpstream: true,
    ask: hello,
    answer: (dialect) => refusalIn(dialect, 401, 'Who are you?'),
  },
  {
    name: 'refused-429',
    ask: hello,
    answer: (dialect) => refusalIn(dialect, 429, 'Too fast.', { 'retry-after': '7' }),
  },
  {
    name: 'refused-500',
    isOncePerUpstream: true,
    ask: hello,
    answer: (dialect) => refusalIn(dialect, 500, 'Oops.'),
  },
  {
    name: 'refused-whole',
    isOncePerUpstream: true,
    ask: { ...hello, isWhole: true },
    answer: (dialect) => refusalIn(dialect, 503, 'Out.'),
  },
  { name: 'reset-before-the-answer', isOncePerUpstream: true, ask: hello, answer: () => reset },
  {
    name: 'failed-in-mid-stream',
    ask: hello,
    answer: (dialect) => beginIn(dialect, begun, failureIn(dialect, 'Boom.')),
  },
  {
    name: 'failed-in-mid-call',
    isOncePerUpstream: true,
    ask: withTools,
    answer: (dialect) =>
      beginIn(
        dialect,
        { blocks: [saying('So'), calling({ ...clock, arguments: ['{"zo'] })] },
        failureIn(dialect, 'Boom.'),
      ),
  },
  {
    name: 'failed-as-a-response',
    ask: hello,
    upstreams: ['responses'],
    answer: (dialect) => beginIn(dialect, begun, failedResponse('Boom.')),
  },
  { name: 'cut-in-mid-stream', ask: hello, answer: (dialect) => beginIn(dialect, begun, die) },
  {
    name: 'ended-in-mid-stream',
    isOncePerUpstream: true,
    ask: hello,
    answer: (dialect) => beginIn(dialect, begun),
  },
  {
    name: 'garbage-in-mid-stream',
    isOncePerUpstream: true,
    ask: hello,
    answer: (dialect) => beginIn(dialect, begun, raw('data: {"bro\n\n')),
  },
];

export const situations: readonly Situation[] = [
  ...texts,
  ...thoughts,
  ...tools,
  ...endings,
  ...requests,
  ...failures,
];

export interface Case {
  readonly client: Dialect;
  readonly upstream: Dialect;
  readonly situation: Situation;
}

/** Whom an upstream is translated for, where once is enough. */
const translatedFor: Readonly<Record<Dialect, Dialect>> = {
  chat_completions: 'messages',
  responses: 'chat_completions',
  messages: 'responses',
};

const canBe = ({ client, upstream, situation }: Case): boolean =>
  (situation.clients ?? dialects).includes(client) &&
  (situation.upstreams ?? dialects).includes(upstream) &&
  (!situation.isOncePerUpstream || client === upstream || client === translatedFor[upstream]);

/** Every situation in every pair of dialects that it is of interest in. */
export const cases: readonly Case[] = dialects
  .flatMap((client) =>
    dialects.flatMap((upstream) => situations.map((situation) => ({ client, upstream, situation }))),
  )
  .filter(canBe);
