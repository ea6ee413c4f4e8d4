import { deepestJson, isDeeperThan } from '../../kernel/json-depth.js';
import type { ToolSchema } from '../../providers/language-model.js';
import type { Json } from './codec.js';
import type { WireField } from './wire-field.js';

/** Of a tool that takes nothing. */
const noParameters: Json = { type: 'object', properties: {} };

/** A tool whose members are those of OpenAI's dialects; `schema` is the name of the member with the JSON Schema. */
export function readTool(field: WireField, schema: 'parameters' | 'input_schema'): ToolSchema {
  const strict = field.at('strict').maybe((value) => value.flag());
  return {
    name: field.at('name').name(),
    description: field.at('description').maybe((value) => value.text()) ?? '',
    parameters: field.at(schema).maybe((value) => value.object()) ?? noParameters,
    ...(strict !== undefined && { strict }),
  };
}

/** The arguments of a call as OpenAI's dialects write them: JSON in a string. What a model wrote wrongly stays as it is. */
export function readArguments(field: WireField): unknown {
  const written = field.maybe((value) => value.text()) ?? '';
  if (written.trim() === '') return {};
  if (isDeeperThan(Buffer.from(written), deepestJson)) return written;
  try {
    return JSON.parse(written) as unknown;
  } catch {
    return written;
  }
}

/** The arguments of a call that was written by a model, as an object, which some dialects cannot do without. */
export function toInput(written: string): Json {
  try {
    const input: unknown = JSON.parse(written === '' ? '{}' : written);
    return isObject(input) ? input : { written: input };
  } catch {
    return { written };
  }
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The name of the tool that a result is of. Refuses a result of no call that came before it. */
export function toolNameOf(calls: CallNames, id: WireField): string {
  const name = calls.get(id.name());
  if (name === undefined) throw id.wrong('must be the id of a tool call in a message before it');
  return name;
}

/** The names of the tools that are called, by the ids of the calls: of several with one id, the last. */
export type CallNames = ReadonlyMap<string, string>;
