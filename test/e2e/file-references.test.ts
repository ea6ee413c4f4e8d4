// Files that a message refers to, by mentions in its text or as what it is: read in the context's workspace only, put
// behind the message, and sent to the model. Seen from outside, by signals and pulls, and by what the model was sent.
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ContextClient, startServerOn, transitionsUntil } from '../support/context-client.js';
import { answer, FakeUpstream, refusal } from '../support/fake-upstream.js';
import type { TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pullcord-workspace-')));
const workspace = join(folder, 'project');
const poem = Array.from({ length: 30 }, (_, index) => `Line ${index + 1}.\n`);

let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  mkdirSync(join(workspace, 'src'), { recursive: true });
  mkdirSync(join(workspace, 'größe'));
  const files: Record<string, string | Buffer> = {
    'notes.md': 'Buy milk.\n',
    'src/main.ts': 'start();\n',
    'my poem.txt': poem.join(''),
    'größe/übung.md': 'Ü\n',
    'big.txt': 'x'.repeat(5000),
    'half.txt': 'y'.repeat(3000),
    'other half.txt': 'z'.repeat(3000),
    'picture.png': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0xff]),
    'nul.txt': 'a\0b',
    '../secret.txt': 'SECRET',
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(workspace, name), content);
  symlinkSync('../secret.txt', join(workspace, 'leak.txt'));
  symlinkSync('..', join(workspace, 'up'));
  symlinkSync('nowhere', join(workspace, 'dangling'));
  symlinkSync('notes.md', join(workspace, 'alias.md'));
  execFileSync('mkfifo', [join(workspace, 'pipe')]);
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream, {
    PULLCORD_WORKSPACE_ROOTS: folder,
    PULLCORD_FILE_MAX_BYTES: '4000',
    PULLCORD_REFERENCES_MAX_BYTES: '5000',
    PULLCORD_MAX_REFERENCES: '5',
    PULLCORD_WORKSPACE_HINT_ENTRIES: '3',
  });
});
afterAll(async () => {
  await upstream.close();
  rmSync(folder, { recursive: true });
});

const begin = (config: object = { workspace_path: workspace }): Promise<ContextClient> =>
  ContextClient.begin(server, { ...config });

/** What the model was sent in the user's name, in the calls since the test began. */
let before = 0;
beforeEach(() => (before = upstream.calls.length));
const asked = (): readonly string[] =>
  upstream.calls
    .slice(before)
    .flatMap(({ request }) => request.body.messages as { role: string; content: string }[])
    .filter(({ role }) => role === 'user')
    .map(({ content }) => content);

const ofFile = (path: string, more: object = {}) => ({
  payload: { kind: 'file_reference', data: { path, ...more } },
});

describe('a file that is mentioned', () => {
  it('is read, put behind the message as it was then, and sent to the model', async () => {
    const context = await begin();
    const { message_id, run_id } = await context.exchange('What is in @notes.md?');
    const [message, companion] = await context.messages();
    expect(message).toMatchObject({
      id: message_id,
      kind: 'text',
      data: { content: 'What is in @notes.md?' },
    });
    expect(companion).toMatchObject({
      ...{ role: 'user', kind: 'file_reference', status: 'complete', parent_id: message_id },
      data: {
        path: 'notes.md',
        resolved_content: 'Buy milk.\n',
        resolved_at: expect.stringMatching(/Z$/) as string,
        file: { size_bytes: 10, line_count: 1 },
      },
      metadata: { source: 'user_file_reference', companion_of: message_id, run_id },
    });
    expect(companion?.data).not.toHaveProperty('line_range');
    expect(asked()).toEqual(['What is in @notes.md?', 'File notes.md:\n```md\nBuy milk.\n```']);
  });

  it('is signalled like any other message, before the model is called, and with no word of what is in it', async () => {
    const context = await begin();
    const stream = await context.follow();
    await until(() => stream.events.length > 0, { what: 'the snapshot' });
    await context.exchange('@notes.md');
    await transitionsUntil(stream, (await context.whole()).revision);
    const told = stream.signals.map((signal) =>
      signal.type === 'message_created' ? `${signal.kind}` : JSON.stringify(signal.new_state ?? signal.type),
    );
    const at = (text: string): number => told.findIndex((line) => line.includes(text));
    expect(at('file_reference')).toBeGreaterThan(at('resolving_files'));
    expect(at('file_reference')).toBeLessThan(at('awaiting_llm'));
    expect(stream.raw).not.toContain('milk');
    stream.destroy();
    const revisions = (await context.messages()).map(({ revision }) => revision);
    expect(new Set(revisions).size).toBe(revisions.length);
  });

  it.each([
    ['some lines', '@"my poem.txt":10-12', 'File my poem.txt, lines 10 to 12', poem.slice(9, 12).join('')],
    ['one line', '@"my poem.txt":3', 'File my poem.txt, lines 3 to 3', poem[2]],
    [
      'the lines that there are',
      '@"my poem.txt":29-99',
      'File my poem.txt, lines 29 to 30',
      poem.slice(28).join(''),
    ],
    ['a name in any script', '@größe/übung.md', 'File größe/übung.md', 'Ü\n'],
    ['a folder with backslashes', '@src\\main.ts', 'File src/main.ts', 'start();\n'],
    ['a link that stays inside', '@alias.md', 'File alias.md', 'Buy milk.\n'],
  ])('may be %s', async (_, text, title, content) => {
    await (await begin()).exchange(text);
    const [, block] = asked();
    expect(block?.split(':\n```')[0]).toBe(title);
    expect(block).toContain(`\n${content}\`\`\``);
  });

  it('may be several, in the order of the text', async () => {
    const context = await begin();
    await context.exchange('Compare @src/main.ts with @notes.md:1.');
    expect((await context.messages()).map(({ metadata }) => metadata.display_hint.summary)).toEqual([
      ...['Compare @src/main.ts with @notes.md:1.', 'src/main.ts', 'notes.md:1-1', 'Hello.'],
    ]);
  });

  it.each(['Ask @alice about it', 'me@notes.md', '`@notes.md`', '```\n@notes.md\n```', 'npm i @types/node'])(
    'is none in %j',
    async (text) => {
      const context = await begin();
      await context.exchange(text);
      expect((await context.messages()).map(({ kind }) => kind)).toEqual(['text', 'streaming_response']);
    },
  );

  it('is none where the context has no workspace', async () => {
    const context = await begin({});
    await context.exchange('@notes.md @../secret.txt');
    expect(asked()).toEqual(['@notes.md @../secret.txt']);
    expect(await context.state()).toEqual({ type: 'awaiting_user', reason: 'input' });
  });
});

describe('a file_reference without content', () => {
  it('gets its content behind it, and the model is shown the file once', async () => {
    const context = await begin();
    const { message_id } = await context.act('send_message', ofFile('my poem.txt', { line_range: [2, 3] }));
    await context.settled();
    expect(await context.messagesOf('file_reference')).toMatchObject([
      { id: message_id, data: { path: 'my poem.txt', line_range: [2, 3] } },
      { data: { line_range: [2, 3], resolved_content: 'Line 2.\nLine 3.\n', file: { line_count: 30 } } },
    ]);
    expect(asked()).toEqual(['File my poem.txt, lines 2 to 3:\n```txt\nLine 2.\nLine 3.\n```']);
  });

  it('is left as it is when its sender has read it', async () => {
    const context = await begin({});
    await context.act('send_message', ofFile('elsewhere.md', { resolved_content: 'Mine.\n' }));
    await context.settled();
    expect((await context.messages()).length).toBe(2);
    expect(asked()).toEqual(['File elsewhere.md:\n```md\nMine.\n```']);
  });
});

const text = (content: string) => ({ content });
const refusals: readonly (readonly [what: string, input: object, code: string, names: string])[] = [
  ['a way up', text('@../secret.txt'), 'path_not_allowed', '../secret.txt'],
  ['a way up in the middle', text('@src/../../secret.txt'), 'path_not_allowed', 'src/../../secret.txt'],
  ['a way up with backslashes', text('@..\\secret.txt'), 'path_not_allowed', '../secret.txt'],
  ['an absolute path', text('@/etc/passwd'), 'path_not_allowed', '/etc/passwd'],
  ['a drive', text('@C:\\secret.txt'), 'path_not_allowed', 'C:/secret.txt'],
  ['a home folder', text('@~/secret.txt'), 'path_not_allowed', '~/secret.txt'],
  ['a link that leads out', text('See @leak.txt.'), 'path_not_allowed', 'leak.txt'],
  ['a link in the middle', text('@up/secret.txt'), 'path_not_allowed', 'up/secret.txt'],
  ['a link to nothing', text('@dangling'), 'path_not_allowed', 'dangling'],
  ['a file that is too large', text('@big.txt'), 'file_too_large', 'big.txt'],
  ['files that are too large together', text('@half.txt @"other half.txt"'), 'references_too_large', '5000'],
  ['an image', text('@picture.png'), 'not_text', 'picture.png'],
  ['a text with NUL', text('@nul.txt'), 'not_text', 'nul.txt'],
  ['a folder', text('@src'), 'not_a_file', 'src'],
  ['a pipe', text('@pipe'), 'not_a_file', 'pipe'],
  ['lines that are not there', text('@notes.md:5-6'), 'no_such_lines', 'notes.md'],
  ['too many names', text('@a @b @c @d @e @f'), 'too_many_references', '6'],
  ['a missing file', ofFile('gone.md'), 'file_not_found', 'gone.md'],
  ['a way up as a payload', ofFile('../secret.txt'), 'path_not_allowed', '../secret.txt'],
  ['an absolute path as a payload', ofFile('/etc/passwd'), 'path_not_allowed', '/etc/passwd'],
  ['the workspace itself', ofFile('.'), 'not_a_file', '.'],
];

describe('what cannot be had', () => {
  it.each(refusals)('ends the turn with its reason, and nothing added: %s', async (_, input, code, names) => {
    const context = await begin();
    const { message_id } = await context.act('send_message', input);
    const state = await context.settled();
    expect(state).toMatchObject({ type: 'error', code, retryable: false });
    expect(state).toHaveProperty('message', expect.stringContaining(names) as string);
    expect(JSON.stringify(state)).not.toContain(folder);
    expect((await context.messages()).map(({ id }) => id)).toEqual([message_id]);
    expect(upstream.calls.length).toBe(before);
  });

  it('is shown at the stage where it failed, and the stages after it are not', async () => {
    const context = await begin();
    const stream = await context.follow();
    await until(() => stream.events.length > 0, { what: 'the snapshot' });
    await context.exchange('@notes.md @../secret.txt');
    const transitions = await transitionsUntil(stream, (await context.whole()).revision);
    expect(transitions.map(({ new_state }) => new_state.stage ?? new_state.type)).toEqual([
      ...['validating', 'resolving_files', 'error'],
    ]);
    expect(stream.raw).not.toContain('secret.txt');
    stream.destroy();
  });

  it('is a file_reference without a workspace', async () => {
    const context = await begin({});
    await context.act('send_message', ofFile('notes.md'));
    expect(await context.settled()).toMatchObject({ type: 'error', code: 'no_workspace' });
  });

  it('is everything once the workspace leads elsewhere', async () => {
    const moved = join(folder, 'moved');
    mkdirSync(moved);
    writeFileSync(join(moved, 'a.txt'), 'a');
    const context = await begin({ workspace_path: moved });
    rmSync(moved, { recursive: true });
    symlinkSync('/etc', moved);
    await context.exchange('@passwd');
    expect(await context.settled()).toMatchObject({ type: 'error', code: 'workspace_not_allowed' });
    unlinkSync(moved);
    expect(upstream.calls.length).toBe(before);
  });

  it('does not hold up the next message', async () => {
    const context = await begin();
    await context.exchange('@../secret.txt');
    await context.exchange('Never mind.');
    expect(await context.state()).toEqual({ type: 'awaiting_user', reason: 'input' });
    expect(asked()).toEqual(['@../secret.txt', 'Never mind.']);
  });
});

describe('a retry', () => {
  it('finds the file that was missing', async () => {
    const context = await begin();
    await context.act('send_message', ofFile('late.md'));
    expect(await context.settled()).toMatchObject({ type: 'error', code: 'file_not_found' });
    writeFileSync(join(workspace, 'late.md'), 'Here.\n');
    const { branch } = await context.act('retry');
    expect(branch).toBe('main');
    expect(await context.settled()).toEqual({ type: 'awaiting_user', reason: 'input' });
    expect(asked()).toEqual(['File late.md:\n```md\nHere.\n```']);
  });

  it('after the model failed sends the file as it was read, and does not add it again', async () => {
    writeFileSync(join(workspace, 'now.md'), 'First.\n');
    const context = await begin();
    upstream.enqueue(refusal(400, 'No.'));
    await context.exchange('See @now.md');
    expect(await context.state()).toMatchObject({ type: 'error' });
    writeFileSync(join(workspace, 'now.md'), 'Second.\n');
    const { branch } = await context.act('retry');
    await context.settled();
    expect(branch).toBe('main');
    expect((await context.messages()).map(({ kind }) => kind)).toEqual([
      ...['text', 'file_reference', 'streaming_response'],
    ]);
    expect(asked().slice(2)).toEqual(['See @now.md', 'File now.md:\n```md\nFirst.\n```']);
  });

  it('of an answer stands on a branch of its own, behind the same files', async () => {
    const context = await begin();
    await context.exchange('See @notes.md', { model: 'openai/another' });
    const { branch } = await context.act('retry');
    await context.settled();
    expect(branch).not.toBe('main');
    const [once, again] = [await context.messages('main'), await context.messages(branch)];
    expect(again.slice(0, 2)).toEqual(once.slice(0, 2));
    expect(again.length).toBe(3);
    // Asked again as it was asked, though the newest message of the user's is a file.
    expect(upstream.calls.slice(before).map(({ request }) => request.body.model)).toEqual([
      'another',
      'another',
    ]);
  });

  it('of an edited message reads its files anew', async () => {
    writeFileSync(join(workspace, 'now.md'), 'First.\n');
    const context = await begin();
    const { message_id } = await context.exchange('See @now.md');
    writeFileSync(join(workspace, 'now.md'), 'Second.\n');
    await context.act('edit_message', { message_id, content: 'Look at @now.md' });
    await context.settled();
    expect(asked().slice(2)).toEqual(['Look at @now.md', 'File now.md:\n```md\nSecond.\n```']);
  });
});

it('is not read again for the rounds after tools', async () => {
  const calls = [{ id: 'call_1', name: 'clock', arguments: ['{}'] }];
  upstream.enqueue(answer('', { calls }), answer('Done.'));
  const context = await begin();
  await context.exchange('See @notes.md');
  expect((await context.messagesOf('file_reference')).length).toBe(1);
  expect(asked()).toEqual([...asked().slice(0, 2), ...asked().slice(0, 2)]);
});

it('is not needed to know what is there: the model is told some names at the top of the workspace', async () => {
  await (await begin()).exchange('Hi.');
  const [system] = upstream.calls.at(-1)?.request.body.messages as { content: string }[];
  const [, names = ''] = /At its top: (.*), and more\.$/m.exec(system?.content ?? '') ?? [];
  expect(names.split(', ').length).toBe(3);
});
