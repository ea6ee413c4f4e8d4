export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when the answer is JSON, else its text; undefined when it is empty. */
  readonly body: Body;
}

export interface Call {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a string, or bytes, as they are. */
  readonly body?: unknown;
  /** Sent as a Bearer token. */
  readonly token?: string;
  readonly abort?: AbortSignal;
}

/** One HTTP call, whatever comes back. Only a broken connection throws. */
export async function call<Body = unknown>(
  method: string,
  url: string,
  { headers = {}, body, token, abort }: Call = {},
): Promise<Answer<Body>> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(url, {
    method,
    signal: abort,
    redirect: 'manual',
    body: body === undefined || isRaw ? body : JSON.stringify(body),
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
  return { status: response.status, headers: response.headers, body: (await read(response)) as Body };
}

async function read(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!text) return undefined;
  return /\bjson\b/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text;
}

export interface Caller {
  get<Body = unknown>(path: string, more?: Call): Promise<Answer<Body>>;
  post<Body = unknown>(path: string, body?: unknown, more?: Call): Promise<Answer<Body>>;
  patch<Body = unknown>(path: string, body?: unknown, more?: Call): Promise<Answer<Body>>;
  put<Body = unknown>(path: string, body?: unknown, more?: Call): Promise<Answer<Body>>;
  delete<Body = unknown>(path: string, more?: Call): Promise<Answer<Body>>;
}

/** Calls to a server, wherever it listens by then (a restart may move it), with `always` in every call. */
export const caller = (server: { readonly url: string }, always: Call = {}): Caller => {
  const send = <Body>(method: string, path: string, more: Call): Promise<Answer<Body>> =>
    call<Body>(method, server.url + path, {
      ...always,
      ...more,
      headers: { ...always.headers, ...more.headers },
    });
  return {
    get: (path, more = {}) => send('GET', path, more),
    post: (path, body, more = {}) => send('POST', path, { ...more, body }),
    patch: (path, body, more = {}) => send('PATCH', path, { ...more, body }),
    put: (path, body, more = {}) => send('PUT', path, { ...more, body }),
    delete: (path, more = {}) => send('DELETE', path, more),
  };
};
