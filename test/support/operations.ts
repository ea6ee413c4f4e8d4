// The routes as the server's own OpenAPI document names them: a route that is added is tested with the rest.
import { body } from './api.js';
import { caller } from './http.js';

export interface Operation {
  readonly id: string;
  readonly method: string;
  /** With `{context_id}` and the like in it. */
  readonly path: string;
  /** The body of the document's example. */
  readonly example?: Readonly<Record<string, unknown>>;
  /** JSON, that is. */
  readonly takesBody: boolean;
  /** Names of the query. */
  readonly query: readonly string[];
  /** Every status that the document says it can have. */
  readonly statuses: readonly number[];
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly example?: Record<string, unknown> }>>;
  };
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
}

export async function operationsOf(server: { readonly url: string }): Promise<readonly Operation[]> {
  const { paths } = body(await caller(server).get<Document>('/openapi.json'));
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, parameters = [], requestBody, responses }]) => ({
      id: operationId,
      method: method.toUpperCase(),
      path,
      example: requestBody?.content['application/json']?.example,
      takesBody: (method === 'post' || method === 'patch') && !requestBody?.content['multipart/form-data'],
      query: parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name),
      statuses: Object.keys(responses).map(Number),
    })),
  );
}

/** The path with these in the place of its parameters. */
export const pathOf = (operation: Operation, ids: Readonly<Record<string, string>>): string =>
  operation.path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'none');

/** Answers with a stream: it can only be asked for with a reader that ends it. */
export const isStream = ({ path }: Operation): boolean => path.endsWith('/events');

/** Tells nothing about anybody, so that it needs no token. */
export const isOpen = ({ path }: Operation): boolean =>
  ['/', '/openapi.json', '/health/live', '/health/ready'].includes(path);
