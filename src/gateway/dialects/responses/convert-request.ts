import {
  reasoningEfforts,
  type ModelParameters,
  type ModelRequest,
  type ReasoningEffort,
} from '../../../providers/language-model.js';
import { withoutGaps } from '../without-gaps.js';
import type { WireField } from '../wire-field.js';
import { convertItems } from './convert-items.js';
import { convertFormat, convertToolChoice, convertTools } from './convert-tools.js';

/** What a model is asked for by a request in the dialect of Responses. */
export function convertRequest(body: WireField, isContinued: boolean): ModelRequest {
  refuseForeign(body);
  const tools = body.at('tools').maybe(convertTools) ?? [];
  const format = body.at('text').maybe((text) => text.at('format').maybe(convertFormat));
  const parallel = body.at('parallel_tool_calls').maybe((field) => field.flag());
  const instructions = body.at('instructions').maybe((field) => field.text()) ?? '';
  return {
    messages: [
      ...(instructions === '' ? [] : [{ role: 'system' as const, content: instructions }]),
      ...(body.at('input').maybe((input) => convertItems(input, isContinued)) ?? []),
    ],
    ...convertToolChoice(body.at('tool_choice'), tools),
    parameters: convertParameters(body),
    task: 'answer',
    ...(parallel !== undefined && { parallel_tool_calls: parallel }),
    ...(format && { response_format: format }),
  };
}

/** What only OpenAI's own servers can do. */
function refuseForeign(body: WireField): void {
  const only = 'is not possible with this model';
  if (body.at('prompt').isGiven) throw body.at('prompt').wrong(`${only}: send input and instructions`);
  if ((body.at('top_logprobs').maybe((field) => field.wholeNumber(0, 20)) ?? 0) > 0)
    throw body.at('top_logprobs').wrong(only);
}

const efforts = [...reasoningEfforts, 'max'] as const;
const summaries = ['auto', 'concise', 'detailed'] as const;

/** What is not given is no key, so that what is sent is what was said. */
function convertParameters(body: WireField): ModelParameters {
  const reasoning = body.at('reasoning');
  const text = (name: string) => body.at(name).maybe((field) => field.text());
  const summary = (name: string) =>
    reasoning.maybe((field) => field.at(name).maybe((one) => one.oneOf(summaries)));
  return withoutGaps({
    temperature: body.at('temperature').maybe((field) => field.number(0, 2)),
    top_p: body.at('top_p').maybe((field) => field.number(0, 1)),
    max_tokens: body.at('max_output_tokens').maybe((field) => field.wholeNumber(1)),
    reasoning_effort: reasoning.maybe((field) => field.at('effort').maybe(readEffort)),
    reasoning_summary: summary('summary') ?? summary('generate_summary'),
    user: text('safety_identifier') ?? text('user'),
  });
}

/** Our scale ends at `xhigh`. */
function readEffort(field: WireField): ReasoningEffort {
  const effort = field.oneOf(efforts);
  return effort === 'max' ? 'xhigh' : effort;
}
