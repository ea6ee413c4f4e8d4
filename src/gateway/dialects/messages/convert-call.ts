import type {
  ModelParameters,
  ModelRequest,
  PromptMessage,
  ReasoningEffort,
  ResponseFormat,
  ToolSchema,
} from '../../../providers/language-model.js';
import type { GatewayCall } from '../codec.js';
import { readTool } from '../convert-tools.js';
import { lazyCall } from '../lazy-call.js';
import { WireField } from '../wire-field.js';
import { withoutGaps } from '../without-gaps.js';
import { convertMessages, readTexts } from './convert-blocks.js';

/** What a call to Messages asks for. Throws `invalid_request`; what is wrong with its request, once that is asked for. */
export function convertCall(value: unknown): GatewayCall {
  const body = new WireField(value);
  const isStreamed = body.at('stream').maybe((stream) => stream.flag()) ?? false;
  return lazyCall({ model: body.at('model').name(), isStreamed, body: body.object() }, () => ({
    ...convertPrompt(body),
    parameters: { ...convertParameters(body), max_tokens: body.at('max_tokens').wholeNumber(1) },
  }));
}

/** What there is to be read by the model: all that `count_tokens` is asked about. */
export function convertPrompt(body: WireField): Omit<ModelRequest, 'parameters'> {
  refuseForeign(body);
  const system = body.at('system').maybe(readTexts) ?? '';
  const first: readonly PromptMessage[] = system === '' ? [] : [{ role: 'system', content: system }];
  const tools = body.at('tools').maybe((list) => list.list(convertTool)) ?? [];
  const format = body.at('output_config').maybe((config) => config.at('format')) ?? body.at('output_format');
  const response_format = format.maybe(convertFormat);
  return {
    messages: [...first, ...convertMessages(body.at('messages'))],
    tools,
    task: 'answer',
    ...body.at('tool_choice').maybe((choice) => convertChoice(choice, tools)),
    ...(response_format && { response_format }),
  };
}

/** What Anthropic's own servers alone can do. */
function refuseForeign(body: WireField): void {
  for (const name of ['mcp_servers', 'container']) {
    const field = body.at(name);
    const isEmpty = Array.isArray(field.value) && field.value.length === 0;
    if (field.isGiven && !isEmpty) throw field.wrong('is not possible with this model');
  }
}

/** Tools with another type run on Anthropic's servers, or are known to its models alone. */
function convertTool(tool: WireField): ToolSchema {
  const type = tool.at('type');
  if (type.isGiven && type.value !== 'custom')
    throw type.wrong('must be custom: this model knows no other tools');
  return readTool(tool, 'input_schema');
}

function convertChoice(
  choice: WireField,
  tools: readonly ToolSchema[],
): Pick<ModelRequest, 'tool_choice' | 'parallel_tool_calls'> {
  const isSingle = choice.at('disable_parallel_tool_use').maybe((flag) => flag.flag());
  const parallel = isSingle !== undefined && { parallel_tool_calls: !isSingle };
  switch (choice.kind(['auto', 'any', 'tool', 'none'])) {
    case 'auto':
      return { tool_choice: 'auto', ...parallel };
    case 'any':
      return { tool_choice: 'required', ...parallel };
    case 'none':
      return { tool_choice: 'none' };
    case 'tool': {
      const name = choice.at('name');
      if (!tools.some((tool) => tool.name === name.name()))
        throw name.wrong('must be the name of one of the tools');
      return { tool_choice: { name: name.name() }, ...parallel };
    }
  }
}

function convertFormat(format: WireField): ResponseFormat {
  format.kind(['json_schema']);
  return { type: 'json_schema', name: 'answer', schema: format.at('schema').object(), strict: true };
}

function convertParameters(body: WireField): ModelParameters {
  return withoutGaps({
    temperature: body.at('temperature').maybe((number) => number.number(0, 1)),
    top_p: body.at('top_p').maybe((number) => number.number(0, 1)),
    top_k: body.at('top_k').maybe((number) => number.wholeNumber(0)),
    stop: body.at('stop_sequences').maybe((list) => list.list((text) => text.name(), mostStops)),
    user: body.at('metadata').maybe((facts) => facts.at('user_id').maybe((text) => text.text())),
    ...body.at('thinking').maybe(convertThinking),
    reasoning_effort: convertEffort(body),
  });
}

/** More than any provider takes. */
const mostStops = 8192;

const efforts = { low: 'low', medium: 'medium', high: 'high', xhigh: 'xhigh', max: 'xhigh' } as const;

/** Said as a word, or else what comes near to the number of tokens, for providers that know efforts alone. */
function convertEffort(body: WireField): ReasoningEffort | undefined {
  const effort = body.at('output_config').maybe((config) => config.at('effort').maybe((word) => word));
  const words = Object.keys(efforts) as (keyof typeof efforts)[];
  if (effort) return efforts[effort.oneOf(words)];
  const tokens = body.at('thinking').maybe((thinking) => convertThinking(thinking).reasoning_tokens);
  if (tokens === undefined) return undefined;
  if (tokens < 4096) return 'low';
  return tokens < 16_384 ? 'medium' : 'high';
}

/** The least that Anthropic takes. */
const leastBudget = 1024;

function convertThinking(
  thinking: WireField,
): Pick<ModelParameters, 'reasoning_tokens' | 'reasoning_summary'> {
  switch (thinking.kind(['enabled', 'disabled', 'adaptive'])) {
    case 'disabled':
      return {};
    case 'adaptive':
      return { reasoning_summary: 'auto' };
    case 'enabled':
      return {
        reasoning_summary: 'auto',
        reasoning_tokens: thinking.at('budget_tokens').wholeNumber(leastBudget),
      };
  }
}
