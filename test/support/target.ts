// A server to be attacked: what it holds, and what no answer of it may show.
import { expect } from 'vitest';
import { appendDeltas, appendText, beginStream, body, createContext, refusal, type Problem } from './api.js';
import { call, caller, type Answer, type Call, type Caller } from './http.js';
import { operationsOf, pathOf, type Operation } from './operations.js';
import { startServer, type TestServer } from './server.js';

const leaks: readonly RegExp[] = [
  /\n?\s+at .+:\d+:\d+/,
  /\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b/,
  /sqlite|postgres|typeorm|fastify|nestjs|node:internal/i,
  /\/(src|dist|node_modules|tmp|home)\//,
];

export class Target {
  readonly api: Caller;
  private before: unknown;

  private constructor(
    readonly server: TestServer,
    readonly operations: readonly Operation[],
    /** Of a context that is streaming, so that most routes find something; and an id of nothing for the others. */
    readonly ids: Readonly<
      Record<
        'context_id' | 'message_id' | 'execution_id' | 'branch_id' | 'system_prompt_id' | 'model_call_id',
        string
      >
    >,
    /** Of a context at rest, with a message of the user and one of the assistant. */
    readonly atRest: Readonly<Record<'context_id' | 'message_id' | 'answer_id', string>>,
  ) {
    this.api = caller(server);
  }

  static async start(env: Readonly<Record<string, string>> = {}): Promise<Target> {
    const server = await startServer({ env });
    const api = caller(server);
    const { id } = await createContext(api, { title: 'Streaming' });
    await appendText(api, id, 'First');
    const stream = await beginStream(api, id);
    await appendDeltas(api, stream, 'a', 'b');
    const rest = await createContext(api, { title: 'At rest', config: { mode: 'chat' } });
    const asked = await appendText(api, rest.id, 'Second');
    const answered = await appendText(api, rest.id, 'Third', 'assistant');
    const said = { name: 'Tutor', content: 'Be patient.' };
    const prompt = body(await api.post<{ id: string }>('/system-prompts', said), 201);
    const target = new Target(
      server,
      await operationsOf(server),
      {
        context_id: id,
        message_id: stream.split('/').at(-1) ?? '',
        execution_id: rest.id,
        branch_id: 'main',
        system_prompt_id: prompt.id,
        model_call_id: rest.id,
      },
      { context_id: rest.id, message_id: asked.message_id, answer_id: answered.message_id },
    );
    target.before = await target.held();
    return target;
  }

  operation(id: string): Operation {
    const found = this.operations.find((operation) => operation.id === id);
    if (!found) throw new Error(`there is no operation ${id}`);
    return found;
  }

  /** Asks for an operation, of the streaming context unless `ids` names another; `path` is put in place of its own. */
  ask(
    operation: Operation,
    { ids, path, ...more }: Call & { ids?: Readonly<Record<string, string>>; path?: string } = {},
  ): Promise<Answer<unknown>> {
    return call(operation.method, this.server.url + (path ?? pathOf(operation, ids ?? this.ids)), more);
  }

  /** Fails unless everything is as it was at the start, and the log knows of no defect. */
  async expectUnchanged(): Promise<void> {
    expect(await this.held()).toEqual(this.before);
    expect(this.server.logs.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
  }

  private async held(): Promise<unknown> {
    const { contexts } = body(await this.api.get<{ contexts: { id: string }[] }>('/contexts?limit=200'));
    const each = contexts.map(async ({ id }) => [
      body(await this.api.get(`/contexts/${id}`)),
      body(await this.api.get(`/contexts/${id}/messages`)),
    ]);
    const { context_id, message_id } = this.ids;
    const chunks = await this.api.get(`/contexts/${context_id}/messages/${message_id}/streaming-chunks`);
    const prompts = body(await this.api.get('/system-prompts'));
    return [await Promise.all(each), body(chunks), prompts];
  }
}

/**
 * The problem of a 4xx: it holds nothing of the server's inside and, when fields are wrong, names them. `operation` is
 * whose documented statuses it must be among.
 */
export function expectRefusal(answer: Answer<unknown>, operation?: Operation): Problem {
  const problem = refusal(answer);
  expect(problem.status, problem.detail).toBeGreaterThanOrEqual(400);
  expect(problem.status, problem.detail).toBeLessThan(500);
  if (operation) expect(operation.statuses, operation.id).toContain(problem.status);
  const text = JSON.stringify(problem);
  for (const leak of leaks) expect(text).not.toMatch(leak);
  expect(text.length).toBeLessThan(20_000);
  if (problem.code === 'invalid_request') {
    expect(problem.errors?.length, text).toBeGreaterThan(0);
    for (const { path, message } of problem.errors ?? []) {
      expect(typeof path, text).toBe('string');
      expect(message, text).toMatch(/^\w.*[^.]$/s);
    }
  }
  return problem;
}
