import type { SchemaObject } from '@nestjs/swagger';
import { Field, type FieldFacts } from './field.js';
import { isJsonObject } from './hydrate.js';

export interface JsonFacts extends FieldFacts {
  /** The most bytes of its JSON, written without spaces. */
  readonly maxBytes: number;
}

/** Levels of objects and lists in free JSON. What comes after us (JSON.stringify, clients) recurses. */
const maxDepth = 64;

/** An object whose fields are the caller's own affair: kept whole, whatever their names. */
export const FreeObject = (facts: JsonFacts): PropertyDecorator =>
  Field(facts, {
    schema: { type: 'object', additionalProperties: true },
    problem: (value) => (isJsonObject(value) ? jsonProblem(value, facts.maxBytes) : 'must be an object'),
  });

/** Any JSON value, `null` included. */
export const AnyJson = (facts: JsonFacts): PropertyDecorator =>
  Field(facts, { schema: anyJsonSchema, problem: (value) => jsonProblem(value, facts.maxBytes) });

/** What is wrong with free JSON: too deep, too large, or a name that is a trap for the code that reads it. */
export function jsonProblem(value: unknown, maxBytes: number): string | undefined {
  return shapeProblem(value) ?? sizeProblem(value, maxBytes);
}

/** Walks with a list of its own: a call for each level would overflow on what this is here to refuse. */
function shapeProblem(value: unknown): string | undefined {
  const pending: { readonly node: object; readonly depth: number }[] = [];
  const enter = (node: unknown, depth: number): void => {
    if (typeof node === 'object' && node !== null) pending.push({ node, depth });
  };
  enter(value, 1);
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (next.depth > maxDepth) return `must not be nested more than ${maxDepth} levels deep`;
    for (const [name, child] of Object.entries(next.node)) {
      if (isTrap(name, child)) return `must not have a field named ${name}`;
      enter(child, next.depth + 1);
    }
  }
  return undefined;
}

/** Names that change an object's prototype when copied carelessly. A `constructor` that is mere data is none. */
const isTrap = (name: string, child: unknown): boolean =>
  name === '__proto__' ||
  (name === 'constructor' && isJsonObject(child) && Object.hasOwn(child, 'prototype'));

function sizeProblem(value: unknown, maxBytes: number): string | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  return bytes > maxBytes ? `must be at most ${maxBytes} bytes of JSON, and is ${bytes}` : undefined;
}

// Spelt out, because @nestjs/swagger takes a field without any type for an object.
const anyJsonSchema = {
  anyOf: [
    { type: 'object', additionalProperties: true },
    { type: 'array', items: {} },
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
    { type: 'null' },
  ],
} satisfies SchemaObject;
