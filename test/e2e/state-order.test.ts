// The state machine as it is seen from outside: by the signals of one stream, against the table in the docs.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContextState } from '../../src/contexts/context-state.js';
import {
  ContextClient,
  startServerOn,
  transitionsUntil,
  type Transition,
} from '../support/context-client.js';
import { answer, die, FakeUpstream, partial, refusal, stall, type Plan } from '../support/fake-upstream.js';
import type { TestServer } from '../support/server.js';
import type { SseStream } from '../support/sse.js';
import { isLegal, nameOf } from '../support/state-table.js';
import { until } from '../support/until.js';

const clock = { id: 'call_1', name: 'clock', arguments: ['{}'] };
let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream, { PULLCORD_MAX_TOOL_DEPTH: '1' });
});
afterAll(() => upstream.close());

interface Story {
  readonly plans: readonly Plan[];
  readonly tell: (context: ContextClient) => Promise<void>;
  /** Every state that the context is in, in order. */
  readonly states: readonly string[];
}

const asked = ['awaiting_llm', 'streaming_response'];
const turn = ['active', 'active', 'active', 'active', 'active', ...asked];
/** The same turn after its tools, or after its limit of them: its message has been through the pipeline. */
const again = ['active', ...asked];
const usersTurn = 'awaiting_user(input)';

const stories: Record<string, Story> = {
  'an answer': {
    plans: [answer('Hello.')],
    tell: async (context) => void (await context.exchange('Hi.')),
    states: [...turn, usersTurn],
  },
  'a retried call, then an answer that breaks off, a retry, and a second turn': {
    plans: [refusal(500, 'Oops.'), partial('Hel', die), answer('Hello.'), answer('Bye.')],
    tell: async (context) => {
      await context.exchange('Hi.');
      await context.act('retry');
      await context.settled();
      await context.exchange('Bye.');
    },
    states: [
      ...[...turn.slice(0, 5), 'awaiting_llm', ...asked, 'error'],
      ...[...turn, usersTurn],
      ...[...turn, usersTurn],
    ],
  },
  'rounds of tools up to the limit, and on': {
    plans: [
      answer('', { calls: [clock, { ...clock, id: 'call_2' }] }),
      answer('', { calls: [clock] }),
      answer('Noon.'),
    ],
    tell: async (context) => {
      await context.exchange('What time is it?');
      await context.act('continue');
      await context.settled();
    },
    states: [
      ...[...turn, 'processing_tool'],
      ...[...again, 'processing_tool', 'awaiting_user(depth_limit)'],
      ...[...again, usersTurn],
    ],
  },
  'a queued message, an interruption and a cancel': {
    plans: [partial('One', stall), partial('Two', stall), partial('Three', stall)],
    tell: async (context) => {
      await context.send('First.');
      await context.streaming('One');
      await context.send('Later.', { on_busy: 'queue' });
      await context.send('Now!', { on_busy: 'interrupt' });
      await context.streaming('Two');
      await context.act('cancel');
      await context.streaming('Three');
      await context.act('cancel');
    },
    states: [...[...turn, usersTurn], ...[...turn, usersTurn], ...[...turn, usersTurn]],
  },
  'an empty answer, an appended message, the archive and back': {
    plans: [answer([])],
    tell: async (context) => {
      await context.exchange('Say nothing.');
      const payload = { kind: 'text', data: { content: 'A note.' } };
      await context.act('append_message', { payload, role: 'user' });
      await context.act('archive');
      await context.act('restore');
    },
    states: [...[...turn, usersTurn], ...['active', usersTurn], 'archived', usersTurn],
  },
};

interface Seen {
  readonly stream: SseStream;
  readonly transitions: readonly Transition[];
  /** Pulled when all was over. */
  readonly state: ContextState;
}

/** Lets a story happen to a new context, and gives all that was signalled of it. */
async function watch({ plans, tell }: Story): Promise<Seen> {
  upstream.enqueue(...plans);
  const context = await ContextClient.begin(server);
  const stream = await context.follow();
  await until(() => stream.events.length > 0, { what: 'the snapshot' });
  await tell(context);
  const transitions = await transitionsUntil(stream, (await context.whole()).revision);
  stream.destroy();
  return { stream, transitions, state: await context.state() };
}

describe.each(Object.entries(stories))('%s', (_, story) => {
  let stream: SseStream;
  let transitions: readonly Transition[];
  let state: ContextState;
  beforeAll(async () => {
    ({ stream, transitions, state } = await watch(story));
  });

  it('goes through these states', () => {
    expect(transitions.map(({ new_state }) => nameOf(new_state))).toEqual(story.states);
  });

  it('makes no move that is not in the table, each from where the last one ended', () => {
    let last: Transition['new_state'] = { type: 'initial' };
    for (const { previous_state, new_state } of transitions) {
      expect(previous_state).toEqual(last);
      expect({ from: last, to: new_state, isLegal: isLegal(last, new_state) }).toMatchObject({
        isLegal: true,
      });
      last = new_state;
    }
  });

  it('moves the revision by one with every transition', () => {
    let highest = 0;
    for (const signal of stream.signals) {
      if (signal.type === 'state_changed') expect(signal.revision).toBe(highest + 1);
      highest = Math.max(highest, Number(signal.revision));
    }
  });

  it('ends with the state that a pull finds', () => {
    expect(state.type).toBe(transitions.at(-1)?.new_state.type);
  });
});
