// Branches: said again in other words, answered again, and switched between; nothing that was said is rewritten.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refused } from '../support/api.js';
import { ContextClient, startServerOn } from '../support/context-client.js';
import { answer, FakeUpstream, partial, stall } from '../support/fake-upstream.js';
import type { TestServer } from '../support/server.js';

let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream);
});
afterAll(() => upstream.close());

/** A context in which each of these was said, and answered with "To " and the same. */
async function talk(...contents: readonly string[]): Promise<ContextClient> {
  const context = await ContextClient.begin(server);
  for (const content of contents) {
    upstream.enqueue(answer(`To ${content}`));
    await context.exchange(content);
  }
  return context;
}

describe('retry of a good answer', () => {
  it('makes it anew beside the old one, on a branch that becomes the active one', async () => {
    const context = await talk('One', 'Two');
    const before = await context.messages();
    upstream.enqueue(answer('Two, differently.'));
    const called = upstream.call(upstream.calls.length);
    const { branch } = await context.act('retry');
    await context.settled();

    expect((await context.whole()).active_branch).toBe(branch);
    expect(await context.transcript()).toEqual([
      'user: One',
      'assistant: To One',
      'user: Two',
      'assistant: Two, differently.',
    ]);
    const after = await context.messages();
    expect(after.slice(0, 3)).toEqual(before.slice(0, 3));
    expect(after[3]).toMatchObject({ branch, parent_id: before[2]?.id, depth: 4 });
    expect(await context.messages('main')).toEqual(before);
    expect(JSON.stringify((await called).request.body)).not.toContain('To Two');
  });

  it('asks the model that was named for that message alone', async () => {
    const context = await ContextClient.begin(server);
    upstream.enqueue(answer('Once'), answer('Twice'));
    const first = upstream.calls.length;
    await context.exchange('Hello', { model: 'openai/another' });
    await context.act('retry');
    await context.settled();
    const models = upstream.calls
      .slice(first)
      .map(({ request }) => (request.body as { model: string }).model);
    expect(models).toEqual(['another', 'another']);
  });

  it('can be done again and again, and each answer is kept', async () => {
    const context = await talk('One');
    for (const again of ['second', 'third']) {
      upstream.enqueue(answer(again));
      await context.act('retry');
      await context.settled();
    }
    const { branches } = await context.whole();
    const answers = await Promise.all(branches.map(({ id }) => context.answer(id)));
    expect(answers.map(({ data }) => data.content)).toEqual(['To One', 'second', 'third']);
    expect(new Set(answers.map(({ parent_id }) => parent_id)).size).toBe(1);
  });

  it('that is cancelled keeps both: the old answer, and as much as there was of the new one', async () => {
    const context = await talk('One');
    upstream.enqueue(partial('Half', stall));
    await context.act('retry');
    await context.streaming('Half');
    await context.act('cancel');
    expect(await context.transcript()).toEqual(['user: One', 'assistant: Half']);
    expect(await context.transcript('main')).toEqual(['user: One', 'assistant: To One']);
  });
});

describe('edit_message', () => {
  it('says a message in other words on a new branch, with nothing of what came after it', async () => {
    const context = await talk('One', 'Two', 'Three');
    const before = await context.messages();
    upstream.enqueue(answer('To the other two'));
    const called = upstream.call(upstream.calls.length);
    const edited = await context.act('edit_message', { message_id: before[2]?.id, content: 'The other two' });
    await context.settled();
    const { active_branch } = await context.whole();

    expect(active_branch).not.toBe('main');
    expect(await context.transcript()).toEqual([
      'user: One',
      'assistant: To One',
      'user: The other two',
      'assistant: To the other two',
    ]);
    expect((await context.messages())[2]).toMatchObject({
      id: edited.message_id,
      branch: active_branch,
      parent_id: before[1]?.id,
      depth: 3,
    });
    expect(await context.messages('main')).toEqual(before);
    expect((await called).request.body['messages']).toEqual([
      { role: 'user', content: 'One' },
      { role: 'assistant', content: 'To One' },
      { role: 'user', content: 'The other two' },
    ]);
  });

  it('can replace the very first message', async () => {
    const context = await talk('One');
    const [first] = await context.messages();
    upstream.enqueue(answer('To Uno'));
    await context.act('edit_message', { message_id: first?.id, content: 'Uno' });
    await context.settled();
    expect(await context.transcript()).toEqual(['user: Uno', 'assistant: To Uno']);
    expect((await context.messages())[0]).toMatchObject({ parent_id: null, depth: 1 });
    expect(await context.transcript('main')).toEqual(['user: One', 'assistant: To One']);
  });

  it('edits a message of another branch than the active one', async () => {
    const context = await talk('One', 'Two');
    const main = await context.messages();
    upstream.enqueue(answer('To Uno'), answer('To Due'));
    await context.act('edit_message', { message_id: main[0]?.id, content: 'Uno' });
    await context.settled();
    await context.act('edit_message', { message_id: main[2]?.id, content: 'Due' });
    await context.settled();
    expect(await context.transcript()).toEqual([
      'user: One',
      'assistant: To One',
      'user: Due',
      'assistant: To Due',
    ]);
  });

  it('is refused for an answer, and for a message of another context', async () => {
    const [context, other] = [await talk('One'), await talk('Two')];
    const before = await context.whole();
    const [, reply] = await context.messages();
    const [foreign] = await other.messages();
    const edit = (message_id = ''): Promise<string> =>
      context.ask('edit_message', { message_id, content: 'Else' }).then(refused);

    expect(await edit(reply?.id)).toBe('422 unprocessable');
    expect(await edit(foreign?.id)).toBe('404 message_not_found');
    expect(await context.whole()).toEqual(before);
  });
});

describe('switch_branch', () => {
  it('chooses what is shown and continued', async () => {
    const context = await talk('One');
    upstream.enqueue(answer('Anew'));
    const { branch } = await context.act('retry');
    await context.settled();
    const stream = await context.follow();
    const { revision } = await context.act('switch_branch', { branch: 'main' });

    expect(await stream.nextSignal('context_updated')).toMatchObject({
      changed: ['active_branch'],
      revision,
    });
    expect(await context.transcript()).toEqual(['user: One', 'assistant: To One']);
    upstream.enqueue(answer('To Two'));
    await context.exchange('Two');
    expect(await context.transcript('main')).toEqual([
      'user: One',
      'assistant: To One',
      'user: Two',
      'assistant: To Two',
    ]);
    expect(await context.transcript(branch)).toEqual(['user: One', 'assistant: Anew']);
    stream.destroy();
  });

  it('changes nothing when the branch is shown already, and knows no other context’s branches', async () => {
    const context = await talk('One');
    const before = await context.whole();
    expect(await context.act('switch_branch', { branch: 'main' })).toMatchObject({
      revision: before.revision,
    });
    const other = await talk('Two');
    upstream.enqueue(answer('Anew'));
    const { branch } = await other.act('retry');
    await other.settled();
    expect(refused(await context.ask('switch_branch', { branch }))).toBe('404 branch_not_found');
    expect(await context.whole()).toEqual(before);
  });

  it('is not needed to write to another branch', async () => {
    const context = await talk('One');
    upstream.enqueue(answer('Anew'), answer('To Two'));
    const { branch } = await context.act('retry');
    await context.settled();
    await context.exchange('Two', { branch: 'main' });
    expect(await context.transcript('main')).toEqual([
      'user: One',
      'assistant: To One',
      'user: Two',
      'assistant: To Two',
    ]);
    expect(await context.whole()).toMatchObject({ active_branch: branch });
  });
});
