import {
  reasoningEfforts,
  type ModelParameters,
  type ModelRequest,
  type ResponseFormat,
  type ToolSchema,
} from '../../../providers/language-model.js';
import type { GatewayCall } from '../codec.js';
import { readTool } from '../convert-tools.js';
import { lazyCall } from '../lazy-call.js';
import { withoutGaps } from '../without-gaps.js';
import { WireField } from '../wire-field.js';
import { convertMessages } from './convert-messages.js';

/** What a chat completion asks for. Throws `invalid_request`; what is wrong with its request, once that is asked for. */
export function convertCall(value: unknown): GatewayCall {
  const body = new WireField(value);
  const isStreamed = body.at('stream').maybe((stream) => stream.flag()) ?? false;
  const isUsageWanted =
    body
      .at('stream_options')
      .maybe((options) => options.at('include_usage').maybe((wanted) => wanted.flag())) ?? false;
  return lazyCall({ model: body.at('model').name(), isStreamed, isUsageWanted, body: body.object() }, () =>
    convertRequest(body),
  );
}

function convertRequest(body: WireField): ModelRequest {
  refuseForeign(body);
  const tools = body.at('tools').maybe((list) => list.list(convertTool)) ?? [];
  const parallel = body.at('parallel_tool_calls').maybe((flag) => flag.flag());
  const format = body.at('response_format').maybe(convertFormat);
  return {
    messages: convertMessages(body.at('messages')),
    task: 'answer',
    parameters: convertParameters(body),
    ...(parallel !== undefined && { parallel_tool_calls: parallel }),
    ...(format && { response_format: format }),
    ...convertChoice(body.at('tool_choice'), tools),
  };
}

/** What changes the form of the answer, and what only OpenAI's own servers can do. */
function refuseForeign(body: WireField): void {
  const only = 'is not possible with this model';
  if ((body.at('n').maybe((n) => n.wholeNumber(1, 128)) ?? 1) > 1)
    throw body.at('n').wrong(`${only}: it must be 1`);
  if (body.at('logprobs').maybe((flag) => flag.flag())) throw body.at('logprobs').wrong(only);
  if (body.at('modalities').maybe((list) => list.items().some(({ value }) => value !== 'text')))
    throw body.at('modalities').wrong(`${only}: there is text alone`);
  for (const name of ['functions', 'function_call'])
    if (body.at(name).isGiven) throw body.at(name).wrong(`${only}: use tools`);
}

function convertTool(tool: WireField): ToolSchema {
  tool.kind(['function']);
  return readTool(tool.at('function'), 'parameters');
}

type Choice = Pick<ModelRequest, 'tools' | 'tool_choice'>;
const modes = ['none', 'auto', 'required'] as const;

function convertChoice(choice: WireField, tools: readonly ToolSchema[]): Choice {
  if (!choice.isGiven) return { tools };
  if (typeof choice.value === 'string') return { tools, tool_choice: choice.oneOf(modes) };
  if (choice.kind(['function', 'allowed_tools']) === 'allowed_tools') {
    const allowed = choice.at('allowed_tools');
    const names = new Set(allowed.at('tools').list((tool) => tool.at('function').at('name').name()));
    return {
      tools: tools.filter(({ name }) => names.has(name)),
      tool_choice: allowed.at('mode').oneOf(['auto', 'required'] as const),
    };
  }
  const name = choice.at('function').at('name');
  if (!tools.some((tool) => tool.name === name.name()))
    throw name.wrong('must be the name of one of the tools');
  return { tools, tool_choice: { name: name.name() } };
}

function convertFormat(format: WireField): ResponseFormat | undefined {
  switch (format.kind(['text', 'json_object', 'json_schema'])) {
    case 'text':
      return undefined;
    case 'json_object':
      return { type: 'json_object' };
    case 'json_schema': {
      const schema = format.at('json_schema');
      const description = schema.at('description').maybe((text) => text.text());
      const strict = schema.at('strict').maybe((flag) => flag.flag());
      return {
        type: 'json_schema',
        name: schema.at('name').name(),
        schema: schema.at('schema').maybe((value) => value.object()) ?? {},
        ...(description !== undefined && { description }),
        ...(strict !== undefined && { strict }),
      };
    }
  }
}

/** Most are optional, and an absent one is no key, so that what is sent is what was said. */
function convertParameters(body: WireField): ModelParameters {
  const parameters = {
    temperature: body.at('temperature').maybe((number) => number.number(0, 2)),
    top_p: body.at('top_p').maybe((number) => number.number(0, 1)),
    max_tokens:
      body.at('max_completion_tokens').maybe((number) => number.wholeNumber(1)) ??
      body.at('max_tokens').maybe((number) => number.wholeNumber(1)),
    stop: body.at('stop').maybe(readStop),
    seed: body.at('seed').maybe((number) => number.wholeNumber(Number.MIN_SAFE_INTEGER)),
    presence_penalty: body.at('presence_penalty').maybe((number) => number.number(-2, 2)),
    frequency_penalty: body.at('frequency_penalty').maybe((number) => number.number(-2, 2)),
    reasoning_effort: body.at('reasoning_effort').maybe((effort) => effort.oneOf(reasoningEfforts)),
    user:
      body.at('safety_identifier').maybe((text) => text.text()) ??
      body.at('user').maybe((text) => text.text()),
  };
  return withoutGaps(parameters);
}

/** OpenAI takes up to 4; others take more, and say so themselves. */
const mostStops = 64;

const readStop = (stop: WireField): readonly string[] =>
  typeof stop.value === 'string' ? [stop.name()] : stop.list((text) => text.name(), mostStops);
