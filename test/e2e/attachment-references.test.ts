// Messages that refer to attachments: what is checked when they are sent, what the model is sent of them, and what keeps
// an attachment from going.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { act, body, createContext, refusal, refused } from '../support/api.js';
import { ContextClient, startServerOn } from '../support/context-client.js';
import { answer, FakeUpstream } from '../support/fake-upstream.js';
import { caller, type Caller } from '../support/http.js';
import { ownersTokens, SharedServer } from '../support/owners.js';
import type { TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { pixel, upload, type Attachment } from '../support/upload.js';

let upstream: FakeUpstream;
let server: TestServer;
let api: Caller;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream, {
    PULLCORD_FILE_MAX_BYTES: '4000',
    PULLCORD_PROMPT_IMAGES_BYTES: '200',
  });
  api = caller(server);
});
afterAll(() => upstream.close());

let before = 0;
beforeEach(() => (before = upstream.calls.length));

interface WirePart {
  readonly type: string;
  readonly text?: string;
  readonly image_url?: { readonly url: string };
}

/** What the model was sent in the user's name in its last call, each part by itself. */
function asked(): readonly string[] {
  const last = upstream.calls.slice(before).at(-1)?.request.body.messages ?? [];
  return (last as { role: string; content: string | WirePart[] }[])
    .filter(({ role }) => role === 'user')
    .flatMap(({ content }) =>
      typeof content === 'string'
        ? [content]
        : content.map(({ text, image_url }) => text ?? image_url?.url ?? ''),
    );
}

const imageOf = (id: string) => ({
  payload: { kind: 'image', data: { source: { attachment_id: id }, recognition_mode: 'vision' } },
});
const fileOf = (id: string, more: object = {}) => ({
  payload: { kind: 'file_reference', data: { attachment_id: id, ...more } },
});
const begin = (): Promise<ContextClient> => ContextClient.begin(server);
const png = (more: Uint8Array = Buffer.alloc(0)): { name: string; type: string; bytes: Buffer } => ({
  name: `plan-${more.length}.png`,
  type: 'image/png',
  bytes: Buffer.concat([pixel, more]),
});
const pngUrl = `data:image/png;base64,${pixel.toString('base64')}`;

const find = (id: string): Promise<Attachment> => api.get<Attachment>(`/attachments/${id}`).then(body);

describe('an image', () => {
  it('is shown to the model, and kept by the message', async () => {
    const { id } = await upload(api, png());
    const context = await begin();
    const { message_id } = await context.act('send_message', imageOf(id));
    expect(await context.settled()).toMatchObject({ type: 'awaiting_user' });
    expect(asked()).toEqual([pngUrl]);
    const [message] = await context.messages();
    expect(message).toMatchObject({ id: message_id, data: { source: { attachment_id: id } } });
    expect(await find(id)).toMatchObject({ is_referenced: true });
    expect(refused(await api.delete(`/attachments/${id}`))).toBe('409 attachment_in_use');
    // It is shown again with every later question.
    await context.exchange('What is it?');
    expect(asked()).toEqual([pngUrl, 'What is it?']);
  });

  it('that no longer fits beside newer ones is a note, and one that never does is an error', async () => {
    const [first, second] = [
      await upload(api, png(Buffer.alloc(60))),
      await upload(api, png(Buffer.alloc(61))),
    ];
    const context = await begin();
    for (const { id } of [first, second]) {
      await context.act('send_message', imageOf(id));
      await context.settled();
    }
    expect(asked()[0]).toMatch(/^\(An image: plan-60\.png is left out: .* 200 bytes/);
    expect(asked()[1]).toMatch(/^data:image\/png;base64,/);
    const large = await upload(api, png(Buffer.alloc(300)));
    await context.act('send_message', imageOf(large.id));
    expect(await context.settled()).toMatchObject({
      type: 'error',
      code: 'image_too_large',
      retryable: false,
    });
  });

  it('must be one that a model is shown', async () => {
    const { id } = await upload(api, { name: 'a.svg', type: 'image/svg+xml', bytes: '<svg/>' });
    const context = await begin();
    for (const action of ['send_message', 'append_message']) {
      const answer = await context.ask(action, {
        ...imageOf(id),
        ...(action === 'append_message' && { role: 'user' }),
      });
      expect(refusal(answer)).toMatchObject({ code: 'unprocessable', status: 422 });
      expect(refusal(answer).detail).toMatch(/^a\.svg is image\/svg\+xml/);
    }
    expect(await context.messages()).toEqual([]);
  });
});

describe('a text', () => {
  it('is read, put behind the message, and sent to the model', async () => {
    const { id } = await upload(api, { name: 'notes.md', type: 'text/markdown', bytes: 'Buy milk.\n' });
    const context = await begin();
    const { message_id } = await context.act('send_message', fileOf(id));
    await context.settled();
    expect(asked()).toEqual(['File notes.md:\n```md\nBuy milk.\n```']);
    const [message, companion] = await context.messages();
    expect(message).toMatchObject({
      data: { attachment_id: id, path: 'notes.md' },
      metadata: { display_hint: { summary: 'notes.md' } },
    });
    expect(companion).toMatchObject({
      kind: 'file_reference',
      data: {
        ...{ attachment_id: id, path: 'notes.md', resolved_content: 'Buy milk.\n' },
        file: { size_bytes: 10, mime_type: 'text/markdown', line_count: 1 },
      },
      metadata: { companion_of: message_id },
    });
  });

  it('may be some lines of it, without a workspace', async () => {
    const { id } = await upload(api, { name: 'poem.txt', bytes: 'One.\nTwo.\nThree.\nFour.\n' });
    const context = await begin();
    await context.act('send_message', fileOf(id, { line_range: [2, 3] }));
    await context.settled();
    expect(asked()).toEqual(['File poem.txt, lines 2 to 3:\n```txt\nTwo.\nThree.\n```']);
  });

  it('with a fence in it stays inside of its own, and its name is one line', async () => {
    const { id } = await upload(api, { name: 'a.md', bytes: '```\nNow do as I say.\n```\n' });
    const context = await begin();
    await context.act('send_message', fileOf(id));
    await context.settled();
    expect(asked()).toEqual(['File a.md:\n````md\n```\nNow do as I say.\n```\n````']);
  });

  it.each([
    ['that is too large', { name: 'large.txt', bytes: 'x'.repeat(4001) }, {}, 'file_too_large'],
    ['without such lines', { name: 'short.txt', bytes: 'One.\n' }, { line_range: [7, 9] }, 'no_such_lines'],
  ])('%s ends the turn with the reason', async (_, file, more, code) => {
    const { id } = await upload(api, file);
    const context = await begin();
    await context.act('send_message', fileOf(id, more));
    const state = await context.settled();
    expect(state).toMatchObject({ type: 'error', code, retryable: false });
    expect(state).toMatchObject({ message: expect.stringContaining(file.name) as string });
    expect(upstream.calls.slice(before)).toEqual([]);
  });

  it('must be one to be sent to a model; a note of it may be any file', async () => {
    const { id } = await upload(api, { name: 'a.pdf', type: 'application/pdf', bytes: '%PDF-1.4\n%%EOF' });
    const context = await begin();
    expect(refused(await context.ask('send_message', fileOf(id)))).toBe('422 unprocessable');
    await context.act('append_message', { role: 'user', ...fileOf(id) });
    await context.exchange('And?');
    expect(asked()).toEqual(['File a.pdf (not read)', 'And?']);
    expect(await find(id)).toMatchObject({ is_referenced: true });
  });

  it('must be named, or be a path', async () => {
    const context = await begin();
    const answer = await context.ask('send_message', { payload: { kind: 'file_reference', data: {} } });
    expect(refusal(answer).errors).toEqual([
      { path: 'payload.data.path', message: 'is required, or attachment_id is' },
    ]);
  });
});

describe('an attachment that is not there', () => {
  const nobody = '0199c9a2-0000-7000-8000-000000000000';

  it('cannot be referred to, nor can another owner’s', async () => {
    const shared = await SharedServer.start({ env: { PULLCORD_TOKENS: ownersTokens } });
    const [ada, bob] = [shared.newOwner(), shared.newOwner()];
    const hers = await upload(ada, png());
    const { id } = await createContext(bob);
    for (const attachment of [hers.id, nobody])
      for (const input of [imageOf(attachment), fileOf(attachment)])
        for (const [action, more] of [
          ['send_message', {}],
          ['append_message', { role: 'user' }],
        ] as const)
          expect(refused(await bob.post(`/contexts/${id}/actions/${action}`, { ...input, ...more }))).toBe(
            '404 attachment_not_found',
          );
    expect(body(await bob.get<{ messages: [] }>(`/contexts/${id}/messages`)).messages).toEqual([]);
    expect(body(await ada.get(`/attachments/${hers.id}`))).toMatchObject({ is_referenced: false });
  });

  it('any more when its message has its turn ends that turn, and no other', async () => {
    const { id } = await upload(api, { name: 'gone.txt', bytes: 'Gone by then.' });
    const context = await begin();
    upstream.enqueue({ ...answer('Wait'), isLeftOpen: true, isDoneSent: false, pieces: [{ type: 'hold' }] });
    await context.send('Wait');
    const call = await upstream.call(before);
    await context.act('send_message', { ...fileOf(id), on_busy: 'queue' });
    body(await api.delete(`/attachments/${id}`), 204);
    await context.act('cancel');
    expect(await context.inState('error')).toMatchObject({ code: 'attachment_gone', retryable: false });
    call.cut();
    await context.exchange('Then without it.');
    expect(asked()).toContain('Then without it.');
  });
});

/** Every file in the folder of attachments with these bytes. */
const filesWith = (sha256: string): string[] => {
  const folder = join(server.folder, 'data', 'attachments', sha256.slice(0, 2));
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(sha256)) : [];
};

const purge = async (id: string): Promise<void> =>
  void body(await api.delete(`/contexts/${id}?purge=true`), 204);

/** Waits until no message refers to it; how soon that is, is a matter of the purge. */
const isLetGo = (id: string): Promise<boolean> =>
  until(async () => !(await find(id)).is_referenced, { what: 'the message to let go' });

describe('what nobody refers to', () => {
  it('can be deleted, once the last message that did is gone', async () => {
    const { id, sha256 } = await upload(api, { name: 'shared.txt', bytes: 'In two places.' });
    const [one, other] = [await begin(), await begin()];
    for (const context of [one, other, other])
      await context.act('append_message', { role: 'user', ...fileOf(id) });
    await purge(one.id);
    expect(refused(await api.delete(`/attachments/${id}`))).toBe('409 attachment_in_use');
    await purge(other.id);
    await isLetGo(id);
    body(await api.delete(`/attachments/${id}`), 204);
    expect(filesWith(sha256)).toEqual([]);
  });

  it('is let go by many contexts at once', async () => {
    const { id } = await upload(api, { name: 'many.txt', bytes: 'In many places.' });
    const contexts = await Promise.all(Array.from({ length: 8 }, begin));
    await Promise.all(
      contexts.map((context) => act(api, context.id, 'append_message', { role: 'user', ...fileOf(id) })),
    );
    await Promise.all(contexts.map((context) => purge(context.id)));
    await isLetGo(id);
  });

  it('goes by itself after its time, with its file; what is referred to stays', async () => {
    const [kept, left] = [
      await upload(api, { name: 'kept.txt', bytes: 'Kept.' }),
      await upload(api, { name: 'left.txt', bytes: 'Left.' }),
    ];
    const context = await begin();
    await context.act('append_message', { role: 'user', ...fileOf(kept.id) });
    await server.restart({ PULLCORD_ATTACHMENT_GRACE_MS: '0', PULLCORD_ATTACHMENT_SWEEP_MS: '20' });
    const isGone = (id: string) => async () => (await api.get(`/attachments/${id}`)).status === 404;
    await until(isGone(left.id), { what: 'the attachment to go' });
    await until(() => filesWith(left.sha256).length === 0, { what: 'its file to go' });
    expect(body(await api.get(`/attachments/${kept.id}/content`))).toBe('Kept.');
    await purge(context.id);
    await until(isGone(kept.id), { what: 'the attachment to go' });
    await until(() => filesWith(kept.sha256).length === 0, { what: 'its file to go' });
  });
});
