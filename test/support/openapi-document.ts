// The committed OpenAPI document, as the tests read it: typed as far as they need, and with a validator of its schemas.
import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';

export type Schema = Readonly<Record<string, unknown>>;

export interface Reference {
  readonly $ref: string;
}

export interface Content {
  readonly schema?: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, Reference | { readonly value: unknown }>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description?: string;
  readonly required?: boolean;
  readonly deprecated?: boolean;
  readonly schema: Schema;
  readonly example?: unknown;
}

export interface Answer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, Schema>>;
  readonly content?: Readonly<Record<string, Content>>;
}

export interface Operation {
  readonly tags: readonly string[];
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly deprecated?: boolean;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: Readonly<Record<string, Content>>;
  };
  readonly responses: Readonly<Record<string, Answer>>;
}

export interface PlacedOperation extends Operation {
  readonly method: string;
  readonly path: string;
}

export interface Document {
  readonly openapi: string;
  readonly info: Readonly<Record<string, unknown>>;
  readonly servers: readonly { readonly url: string }[];
  readonly security: readonly Readonly<Record<string, unknown>>[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly examples: Readonly<Record<string, { readonly summary: string; readonly value: ProblemExample }>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
}

export interface ProblemExample {
  readonly status: number;
  readonly code: string;
}

export const documentFile = new URL('../../openapi/openapi.json', import.meta.url);
export const documentText = readFileSync(documentFile, 'utf8');
export const document = JSON.parse(documentText) as Document;

export const operations: readonly PlacedOperation[] = Object.entries(document.paths).flatMap(
  ([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })),
);

export function operationOf(id: string): PlacedOperation {
  const found = operations.find(({ operationId }) => operationId === id);
  if (!found) throw new Error(`the document has no operation ${id}`);
  return found;
}

/** The codes that an operation's answer of this status may have. */
export const codesOf = ({ responses }: Operation, status: number): string[] =>
  Object.keys(responses[status]?.content?.['application/problem+json']?.examples ?? {});

/** The examples of a request or an answer, in themselves. */
export const valuesOf = ({ example, examples = {} }: Content): unknown[] => [
  ...(example === undefined ? [] : [example]),
  ...Object.entries(examples).map(([name, found]) =>
    '$ref' in found ? document.components.examples[name]?.value : found.value,
  ),
];

const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addFormat('uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
ajv.addFormat('binary', true);
ajv.addFormat('uri', (text: string) => URL.canParse(text));
ajv.addSchema(document, 'document');

const compiled = new WeakMap<Schema, ValidateFunction>();

/** What is wrong with a value by a schema of the document; nothing when it fits. */
export function misfits(schema: Schema, value: unknown): string[] {
  const validate = compiled.get(schema) ?? compile(schema);
  compiled.set(schema, validate);
  return validate(value) ? [] : (validate.errors ?? []).map(sentence);
}

/** A component is compiled once, however often it is referred to. */
function compile(schema: Schema): ValidateFunction {
  const component =
    Object.keys(schema).length === 1 && typeof schema.$ref === 'string' ? schema.$ref : undefined;
  const known = component === undefined ? undefined : ajv.getSchema(`document${component}`);
  return known ?? ajv.compile(absolute(schema) as Schema);
}

/** Whether something is a JSON Schema at all (draft 2020-12, which OpenAPI 3.1 builds on). */
export function schemaErrors(schema: Schema): string[] {
  const meta = ajv.getSchema('https://json-schema.org/draft/2020-12/schema');
  return !meta || meta(schema) ? [] : (meta.errors ?? []).map(sentence);
}

const sentence = ({ instancePath, message = '', params }: ErrorObject): string =>
  `${instancePath} ${message} ${JSON.stringify(params)}`;

/** A schema taken out of the document still refers into it. */
function absolute(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(absolute);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([name, value]: [string, unknown]) => [
      name,
      name === '$ref' && typeof value === 'string' ? `document${value}` : absolute(value),
    ]),
  );
}
