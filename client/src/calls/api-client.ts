// What the generated calls are made with (scripts/generate-client.mjs). Whatever goes wrong is a PullcordError.
import { problemOf, PullcordError, readProblem } from '../problem.js';
import { retryAfterMs } from '../retry-policy.js';
import type { Settings } from '../settings.js';
import { carefulFetch } from './careful-fetch.js';

/** What one operation takes, as the generator describes it. */
export interface TDataShape {
  readonly body?: unknown;
  readonly headers?: unknown;
  readonly path?: unknown;
  readonly query?: unknown;
  readonly url: string;
}

interface RequestOptions {
  readonly signal?: AbortSignal;
  /** How the answer is read; by its type when this is left out. */
  readonly parseAs?: 'json' | 'text' | 'blob';
  /** It always throws; said aloud for those who know the generator's other clients. */
  readonly throwOnError?: boolean;
}

/** What a call takes beside its client. */
export type Options<Shape extends TDataShape, _Throws = boolean, _Answer = unknown> = RequestOptions &
  Omit<Shape, 'url'> & { readonly headers?: object };

/** A request as a generated call hands it over. */
interface ApiRequest extends RequestOptions, TDataShape {
  readonly isForm?: boolean;
}

export interface Answer<Data> {
  readonly data: Data;
  readonly response: Response;
}

/** `Answers` are what the operation may be answered with, by status. */
type Call = <Answers, _Errors = unknown, _Throws = boolean>(
  request: ApiRequest,
) => Promise<Answer<Answers[keyof Answers]>>;

/** Calls to one server. */
export interface Client {
  readonly get: Call;
  readonly post: Call;
  readonly put: Call;
  readonly patch: Call;
  readonly delete: Call;
  /** Streams of signals, to be read as they come. */
  readonly sse: { readonly get: <_Answers, _Errors, _Throws>(request: ApiRequest) => Promise<Response> };
}

/** Marks a body that is sent as a form. */
export const formDataBodySerializer = { isForm: true } as const;

export function apiClient(settings: Settings): Client {
  const fetch = carefulFetch(settings);
  const send = async (method: string, request: ApiRequest): Promise<Response> => {
    const { signal, body, isForm } = request;
    const content = isForm ? formOf(body) : body instanceof Blob ? body : JSON.stringify(body);
    let response: Response;
    try {
      // What is pulled is kept by whoever pulls it; a cache between the two could only be stale.
      const init = { method, signal, body: content, headers: headersOf(request), cache: 'no-store' } as const;
      response = await fetch(settings.baseUrl + pathOf(request) + queryOf(request), init);
    } catch (error) {
      throw new PullcordError(problemOf(error));
    }
    if (response.ok) return response;
    throw new PullcordError(await readProblem(response), retryAfterMs(response.headers));
  };
  const call =
    (method: string): Call =>
    async <Answers>(request: ApiRequest) => {
      const response = await send(method, request);
      return { data: (await read(response, request)) as Answers[keyof Answers], response };
    };
  return {
    get: call('GET'),
    post: call('POST'),
    put: call('PUT'),
    patch: call('PATCH'),
    delete: call('DELETE'),
    sse: { get: (request) => send('GET', request) },
  };
}

/** What the path has in braces, filled in. */
const pathOf = ({ url, path }: ApiRequest): string => {
  const values = new Map(entriesOf(path));
  return url.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values.get(name))));
};

const queryOf = ({ query }: ApiRequest): string => {
  const given = entriesOf(query).map(([name, value]) => [name, String(value)]);
  return given.length > 0 ? `?${new URLSearchParams(given).toString()}` : '';
};

function headersOf({ headers, body, isForm }: ApiRequest): Record<string, string> {
  const given = Object.fromEntries(entriesOf(headers).map(([name, value]) => [name, String(value)]));
  // The generated calls say the type of a body also where there is none; of a form only the browser knows it.
  if (body === undefined || isForm) delete given['Content-Type'];
  return given;
}

function formOf(body: unknown): FormData {
  const form = new FormData();
  for (const [name, value] of entriesOf(body))
    form.append(name, value instanceof Blob ? value : String(value));
  return form;
}

const entriesOf = (fields: unknown): [string, unknown][] =>
  typeof fields === 'object' && fields !== null
    ? Object.entries(fields).filter(([, value]) => value !== undefined && value !== null)
    : [];

function read(response: Response, { parseAs }: ApiRequest): Promise<unknown> {
  if (response.status === 204) return Promise.resolve();
  const type = response.headers.get('content-type') ?? '';
  if (parseAs ?? (type.includes('json') && 'json')) return response[parseAs ?? 'json']();
  return type.startsWith('text/') ? response.text() : response.blob();
}
