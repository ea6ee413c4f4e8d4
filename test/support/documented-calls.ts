import { expect } from 'vitest';
import { call, type Answer } from './http.js';
import { codesOf, misfits, operationOf, type PlacedOperation } from './openapi-document.js';

export interface Asked {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly token?: string;
}

/** An answer, or the code of a refusal. */
export type Got<Body> = Answer<Body> & { readonly code?: string };

/** Calls operations by their ids, and holds every answer against what the document says of it. */
export class DocumentedCalls {
  /** Each operation with the statuses that it was seen to answer. */
  readonly seen = new Map<string, Set<number>>();

  constructor(private readonly server: { readonly url: string }) {}

  async call<Body = Record<string, unknown>>(id: string, asked: Asked = {}): Promise<Got<Body>> {
    const operation = operationOf(id);
    const answer = await call<Body>(operation.method.toUpperCase(), this.addressOf(operation, asked), asked);
    this.hold(id, answer);
    return { ...answer, code: (answer.body as { code?: string } | undefined)?.code };
  }

  /** Fails when the document does not say that the operation may be answered so. */
  hold(id: string, answer: Answer<unknown>): void {
    this.note(id, answer.status);
    expect({ [id]: complaints(operationOf(id), answer) }).toEqual({ [id]: [] });
  }

  note(id: string, status: number): void {
    this.seen.set(id, (this.seen.get(id) ?? new Set()).add(status));
  }

  addressOf({ path }: PlacedOperation, { path: names = {}, query = {} }: Asked): string {
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => names[name] ?? name);
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) search.set(name, String(value));
    return `${this.server.url}${filled}${search.size > 0 ? `?${search}` : ''}`;
  }
}

/** What an answer does that the document does not say. */
function complaints(operation: PlacedOperation, { status, headers, body }: Answer<unknown>): string[] {
  const said = operation.responses[status];
  if (!said) return [`${status} is not documented: ${JSON.stringify(body)}`];
  const type = headers.get('content-type')?.split(';')[0] ?? '';
  const missing = Object.keys(said.headers ?? {}).filter((name) => !headers.has(name));
  return [
    ...missing.map((name) => `${status} has no ${name}`),
    ...bodyComplaints((said.content?.[type] ?? said.content?.['*/*'])?.schema, body, `${status} ${type}`),
    ...(said.content && body === undefined ? [`${status} has no body`] : []),
    ...(status >= 400 ? codeComplaints(operation, status, body) : []),
  ];
}

function bodyComplaints(
  schema: Parameters<typeof misfits>[0] | undefined,
  body: unknown,
  where: string,
): string[] {
  if (body === undefined) return [];
  if (!schema) return [`${where} has a body that is not documented`];
  return misfits(schema, body).map((why) => `${where}: ${why}`);
}

function codeComplaints(operation: PlacedOperation, status: number, body: unknown): string[] {
  const { code } = body as { readonly code: string };
  return codesOf(operation, status).includes(code) ? [] : [`${status} ${code} is not documented`];
}
