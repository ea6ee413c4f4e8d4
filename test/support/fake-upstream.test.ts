import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  answer,
  die,
  errorEvent,
  FakeUpstream,
  garbage,
  partial,
  refusal,
  reset,
  stall,
  tooMany,
  type Plan,
} from './fake-upstream.js';
import { toMoves } from './upstream-wire.js';

let upstream: FakeUpstream;
beforeEach(async () => {
  upstream = await FakeUpstream.start();
});
afterEach(() => upstream.close());

/** Posts a chat completion by hand. */
function post(url = upstream.url, body: unknown = { model: 'm', messages: [] }) {
  const outgoing = httpRequest(`${url}/chat/completions`, { method: 'POST', agent: false });
  outgoing.end(JSON.stringify(body));
  const answered = once(outgoing, 'response').then(([incoming]) => incoming as IncomingMessage);
  answered.catch(() => undefined);
  return { outgoing, answered };
}

/** The body, in the pieces in which it came (each write of the server is one), to its end or up to `count`. */
function readPieces(incoming: IncomingMessage, count = Infinity): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  return new Promise((resolve, reject) => {
    // By events: an async iterator joins what has already come.
    incoming.on('data', (piece: Buffer) => {
      pieces.push(piece);
      if (pieces.length === count) resolve(pieces);
    });
    incoming.on('end', () => resolve(pieces));
    incoming.on('error', reject);
  });
}

const receive = async (plan: Plan): Promise<string[]> => {
  upstream.enqueue(plan);
  return (await readPieces(await post().answered)).map((piece) => piece.toString('utf8'));
};

const delta = (text: string): object => ({
  choices: [{ index: 0, delta: { content: text }, finish_reason: null }],
});

describe('an answer of the fake upstream', () => {
  it('is on the wire what OpenAI sends: role, deltas, finish, usage without choices, [DONE]', async () => {
    const pieces = await receive(answer(['Good', ' day']));
    const events = pieces.slice(0, -1).map((piece) => {
      expect(piece).toMatch(/^data: .*\n\n$/);
      return JSON.parse(piece.slice('data: '.length)) as unknown;
    });

    expect(pieces.at(-1)).toBe('data: [DONE]\n\n');
    expect(events).toMatchObject([
      { object: 'chat.completion.chunk', choices: [{ delta: { role: 'assistant', content: '' } }] },
      delta('Good'),
      delta(' day'),
      { choices: [{ delta: {}, finish_reason: 'stop' }] },
      { choices: [], usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 } },
    ]);
  });

  it('can have reasoning and tool calls whose arguments are cut anywhere', async () => {
    const calls = [{ id: 'c1', name: 'clock', arguments: ['{"a', '":1}'] }];
    const wire = (await receive(answer([], { reasoning: ['Hm'], calls }))).join('');

    expect(wire).toContain('{"reasoning_content":"Hm"}');
    expect(wire).toContain(
      '"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"clock","arguments":""}}]',
    );
    expect(wire).toContain('"tool_calls":[{"index":0,"function":{"arguments":"{\\"a"}}]');
    expect(wire).toContain('"finish_reason":"tool_calls"');
  });

  it('can have CRLF, comments, and several events in a packet', async () => {
    const pieces = await receive(answer(['a', 'b'], { eol: '\r\n', commentEvery: 2, packing: 4 }));

    expect(pieces).toHaveLength(3);
    expect(pieces[0]).toMatch(/^: keep-alive\r\n\r\ndata: .*\r\n\r\ndata: .*\r\n\r\n: keep-alive\r\n\r\n$/);
    expect(pieces.join('').replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  it('can be torn inside characters, in packets that come one by one', async () => {
    const plan = answer(['naïve', ' 🙂', ' plain'], { packing: 'torn' });
    upstream.enqueue(plan);
    const pieces = await readPieces(await post().answered);
    const whole = answer(['naïve', ' 🙂', ' plain']);

    expect(Buffer.concat(pieces)).toEqual(
      Buffer.concat(toMoves(whole).map((move) => (move.type === 'write' ? move.bytes : Buffer.of()))),
    );
    expect(pieces).toHaveLength(toMoves(whole).length + 1);
    const torn = pieces.filter((piece) => !Buffer.from(piece.toString('utf8')).equals(piece));
    expect(torn.length).toBeGreaterThanOrEqual(3);
    for (const piece of pieces.slice(0, -1)) expect(piece.toString('latin1')).not.toMatch(/\n$/);
  });

  it('can be torn with several events in each packet', async () => {
    const texts = Array.from({ length: 20 }, (_, index) => `${index} 🙂`);
    upstream.enqueue(answer(texts, { packing: { torn: 5 }, eol: '\r\n' }));
    const pieces = await readPieces(await post().answered);
    const whole = answer(texts, { eol: '\r\n' });

    expect(Buffer.concat(pieces)).toEqual(
      Buffer.concat(toMoves(whole).map((move) => (move.type === 'write' ? move.bytes : Buffer.of()))),
    );
    // 20 texts, the role, the finish, the usage and [DONE], by five, and the rest of the last.
    expect(pieces).toHaveLength(6);
    const torn = pieces.filter((piece) => !Buffer.from(piece.toString('utf8')).equals(piece));
    expect(torn.length).toBeGreaterThanOrEqual(4);
    await expect(upstream.call(0)).resolves.toMatchObject({ text: texts.join('') });
  });

  it('is remembered with its request and its exact text', async () => {
    upstream.enqueue(answer(['na', 'ïve 🙂']));
    await readPieces(await post(upstream.url, { model: 'x', messages: ['y'] }).answered);
    const call = await upstream.call(0);

    expect(call.request).toMatchObject({
      path: '/v1/chat/completions',
      body: { model: 'x', messages: ['y'] },
    });
    expect(call.text).toBe('naïve 🙂');
    await expect(call.closedByClient).resolves.toBe(false);
  });
});

describe('the plans of the fake upstream', () => {
  it('are taken in order; then the function is asked, and without one it says hello', async () => {
    const say = async (): Promise<string> => (await readPieces(await post().answered)).join('');
    expect(await say()).toContain('"Hello."');

    upstream.enqueue(answer('one'), answer('two')).on(({ body }) => answer(`to ${String(body['model'])}`));
    expect(await say()).toContain('"one"');
    expect(await say()).toContain('"two"');
    expect(await say()).toContain('"to m"');
  });
});

describe('a fault of the fake upstream', () => {
  it('can be a refusal, with Retry-After', async () => {
    upstream.enqueue(tooMany('7'), refusal(500, 'Oops'));
    const limited = await post().answered;
    const broken = await post().answered;

    expect([limited.statusCode, limited.headers['retry-after']]).toEqual([429, '7']);
    expect(JSON.parse((await readPieces(limited)).join(''))).toMatchObject({
      error: { message: 'Rate limit reached' },
    });
    expect(broken.statusCode).toBe(500);
    broken.resume();
  });

  it('can be a reset, or that nothing listens', async () => {
    upstream.enqueue(reset);

    await expect(post().answered).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(post(await FakeUpstream.refusedUrl()).answered).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });

  it('can be slow headers, until the client goes', async () => {
    upstream.enqueue({ ...answer('late'), headersAfterMs: 1_000_000 });
    const { outgoing } = post();
    const call = await upstream.call(0);
    outgoing.on('error', () => undefined).destroy();

    await expect(call.closedByClient).resolves.toBe(true);
    expect(call.text).toBe('');
  });

  it('can be a stall in mid-stream, until the client goes', async () => {
    upstream.enqueue(partial(['So', ' far'], stall));
    const incoming = await post().answered;
    await readPieces(incoming, 3);
    incoming.destroy();

    await expect((await upstream.call(0)).closedByClient).resolves.toBe(true);
    expect((await upstream.call(0)).text).toBe('So far');
  });

  it('can be a death in the middle of a chunk', async () => {
    upstream.enqueue(partial('So', die));
    const incoming = await post().answered;

    await expect(readPieces(incoming)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect((await upstream.call(0)).closedByClient).resolves.toBe(false);
  });

  it('can be garbage, or an error event', async () => {
    expect((await receive(partial('So', garbage))).at(-1)).toBe(
      'data: {"choices":[{"delta":{"content":"bro\n\n',
    );
    expect((await receive(partial('So', errorEvent('Boom', 502)))).at(-1)).toContain(
      '"error":{"message":"Boom"',
    );
  });

  it('can be a connection that never closes', async () => {
    upstream.enqueue(answer('All', { isLeftOpen: true }));
    const incoming = await post().answered;
    await readPieces(incoming, 5);
    incoming.destroy();

    expect((await upstream.call(0)).text).toBe('All');
    await expect((await upstream.call(0)).closedByClient).resolves.toBe(true);
  });
});

describe('the fake upstream as a process', () => {
  it('says where it is, takes plans, and ends with its input', async () => {
    const program = ['node_modules/vite-node/vite-node.mjs', 'test/support/fake-upstream-process.ts'];
    const child = spawn(process.execPath, program, { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    child.stdin.write(`${JSON.stringify(answer('From a plan'))}\n`);

    // The plan arrives on a pipe of its own: until then the process gives the answer it starts with.
    let body = '';
    while (!body.includes('From a plan')) body = (await readPieces(await post(url).answered)).join('');
    child.stdin.end();

    expect(await ended).toEqual([0, null]);
  });
});
