// Requests made from openapi.json: of every operation, with what it allows and with what it does not.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { allowedBy, spoilt, type Schema, type Schemas } from './schema-values.js';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

interface OperationObject {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

export interface Operation extends OperationObject {
  readonly method: string;
  readonly path: string;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: { readonly schemas: Schemas };
}

const document = JSON.parse(
  readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8'),
) as OpenApi;
export const operations: readonly Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    ...operation,
    method: method.toUpperCase(),
    path,
  })),
);

/** What the scripted model understands, and what the rest of the document speaks of. */
const texts = [
  '/fail',
  '/tool x {}',
  '/tool x {}\n/rounds 9',
  '/echo a',
  '/words 3',
  '/reason',
  'main',
  'scripted/fast',
  'nobody/nothing',
  'k-1',
];
const values = (schema: Schema, { context, message }: Target): fc.Arbitrary<unknown> =>
  allowedBy(schema, document.components.schemas, { texts, ids: fc.constantFrom(message, message, context) });

/** What a request is about: a message, and the context that it is in. */
export interface Target {
  readonly context: string;
  readonly message: string;
}

export interface Asked {
  readonly operationId: string;
  readonly method: string;
  readonly hasWrongMethod: boolean;
  readonly path: string;
  readonly contextId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
}

/** Any request of any operation, about the target that is chosen when the request is made. */
export const anyRequest = (targetOf: (seed: number) => Target): fc.Arbitrary<Asked> =>
  fc.record({ operation: fc.constantFrom(...operations), seed: fc.nat() }).chain(({ operation, seed }) => {
    const asked = requestOf(operation, targetOf(seed));
    return fc.oneof({ weight: 20, arbitrary: asked }, withWrongMethod(asked, operation));
  });

/** The same address with a method that it has not, nor any other that fits: `/contexts/import` might be a context's. */
function withWrongMethod(asked: fc.Arbitrary<Asked>, { path }: Operation): fc.Arbitrary<Asked> {
  const fits = (template: string): boolean =>
    new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);
  const known = operations.filter((operation) => fits(operation.path)).map(({ method }) => method);
  const others = ['PUT', 'OPTIONS', 'PROPFIND', 'DELETE', 'PATCH', 'POST'].filter(
    (name) => !known.includes(name),
  );
  return fc
    .tuple(asked, fc.constantFrom(...others))
    .map(([made, method]) => ({ ...made, method, hasWrongMethod: true }));
}

const requestOf = (operation: Operation, target: Target): fc.Arbitrary<Asked> =>
  fc
    .record({
      parts: fc.tuple(...(operation.parameters ?? []).map((parameter) => parameterValue(parameter, target))),
      body: bodyOf(operation, target),
      type: fc.constantFrom(
        ...Array<string>(8).fill('application/json'),
        ...['text/plain', 'application/json; charset=latin1', 'x'],
      ),
    })
    .map(({ parts, body, type }) => assemble(operation, parts, body, type));

/** A parameter as it goes into the request: undefined leaves it out. */
function parameterValue(
  { name, in: place, required, schema }: Parameter,
  target: Target,
): fc.Arbitrary<string | undefined> {
  const named = { context_id: target.context, message_id: target.message, branch_id: 'main' }[name];
  const allowed = named === undefined ? values(schema, target).map(asText) : fc.constant(named);
  const any = fc.oneof(
    { weight: 12, arbitrary: allowed },
    { weight: 1, arbitrary: fc.uuid() },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
  );
  // A held pull is an answer that takes its time: that it comes is tried elsewhere.
  const quick = name === 'wait_ms' ? any.map((text) => (Number(text) > 30 ? '30' : text)) : any;
  return required || place === 'path' ? quick : fc.option(quick, { nil: undefined, freq: 2 });
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function bodyOf(
  { requestBody, method }: Operation,
  target: Target,
): fc.Arbitrary<string | Buffer | undefined> {
  const schema = Object.values(requestBody?.content ?? {})[0]?.schema;
  const json = (value: fc.Arbitrary<unknown>): fc.Arbitrary<string | undefined> =>
    value.map((made) => JSON.stringify(made));
  const allowed = schema ? values(schema, target) : fc.constant(undefined);
  // Theirs would mean nothing (RFC 9110 §9.3.1, §9.3.5).
  if (method === 'GET' || method === 'DELETE') return fc.constant(undefined);
  return fc.oneof(
    { weight: 6, arbitrary: json(allowed) },
    { weight: 4, arbitrary: json(spoilt(allowed)) },
    { weight: 1, arbitrary: json(fc.jsonValue()) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    { weight: 1, arbitrary: fc.uint8Array().map((bytes) => Buffer.from(bytes)) },
    fc.constantFrom(
      '[',
      '{"a":1,"a":2}',
      '{"__proto__":{"x":1}}',
      '['.repeat(5_000),
      `"${'x'.repeat(70_000)}"`,
      undefined,
    ),
  );
}

function assemble(
  operation: Operation,
  parts: readonly (string | undefined)[],
  body: Asked['body'],
  type: string,
): Asked {
  let { path } = operation;
  const query = new URLSearchParams();
  const headers: Record<string, string> = body === undefined ? {} : { 'content-type': type };
  let id = '';
  for (const [index, { name, in: place }] of (operation.parameters ?? []).entries()) {
    const text = parts[index];
    if (text === undefined) continue;
    if (place === 'path') path = path.replace(`{${name}}`, encode(text));
    else if (place === 'query') query.append(name, wellFormed(text));
    else
      headers[name] = Buffer.from(text.replace(/[^\t\x20-\x7e\x80-\xff]/g, ''), 'latin1').toString('latin1');
    if (name === 'context_id') id = text;
  }
  return {
    operationId: operation.operationId,
    method: operation.method,
    hasWrongMethod: false,
    path: `${path}${query.size > 0 ? `?${query.toString()}` : ''}`,
    contextId: id,
    headers,
    body,
  };
}

/** Half a surrogate pair cannot be written in a URL. */
const wellFormed = (text: string): string => Buffer.from(text).toString();

/** In a path a dot may be a step, and nothing at all is another address. */
const encode = (text: string): string => encodeURIComponent(wellFormed(text)).replaceAll('.', '%2E') || '%20';
