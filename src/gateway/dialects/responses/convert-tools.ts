import type { ModelRequest, ResponseFormat, ToolSchema } from '../../../providers/language-model.js';
import { readTool } from '../convert-tools.js';
import type { WireField } from '../wire-field.js';

/** A provider runs these by itself. Where another one answers, its model does not know of them. */
const hosted = /^(web_search|file_search|code_interpreter|image_generation|mcp|tool_search)/;

/** What a model is shown of a tool that takes free text: a function whose one argument is that text. */
const freeText = {
  type: 'object',
  properties: { input: { type: 'string' } },
  required: ['input'],
  additionalProperties: false,
} as const;

/** The tools that the caller runs. */
export function convertTools(tools: WireField): ToolSchema[] {
  return tools.items().flatMap((tool): ToolSchema[] => {
    const type = tool.at('type').name();
    if (type === 'function') return [readTool(tool, 'parameters')];
    if (type === 'custom')
      return [{ name: tool.at('name').name(), description: describe(tool), parameters: freeText }];
    if (!hosted.test(type)) throw tool.at('type').wrong('is none that this model could call');
    return [];
  });
}

/** The names of the tools that take free text. */
export const freeToolsOf = (tools: unknown): ReadonlySet<unknown> =>
  new Set(
    Array.isArray(tools)
      ? tools.flatMap((tool: { type?: unknown; name?: unknown } | null) =>
          tool?.type === 'custom' ? [tool.name] : [],
        )
      : [],
  );

/** With the grammar that the text must follow: a model can only be told of it. */
function describe(tool: WireField): string {
  const about = tool.at('description').maybe((field) => field.text()) ?? '';
  const grammar = tool.at('format').maybe((format) => format.at('definition').maybe((field) => field.text()));
  return grammar === undefined ? about : `${about}\n\nThe input must follow this grammar:\n${grammar}`;
}

type Choice = Pick<ModelRequest, 'tools' | 'tool_choice'>;
const modes = ['auto', 'none', 'required'] as const;
const allowedModes = ['auto', 'required'] as const;

/** Which of the tools shall be called, and which of them there are to choose from. */
export function convertToolChoice(choice: WireField, tools: readonly ToolSchema[]): Choice {
  if (!choice.isGiven) return { tools };
  if (typeof choice.value === 'string') return { tools, tool_choice: choice.oneOf(modes) };
  const type = choice.at('type').name();
  if (type === 'function' || type === 'custom')
    return { tools, tool_choice: { name: known(choice.at('name'), tools) } };
  if (type !== 'allowed_tools') throw choice.at('type').wrong('is none that this model could call');
  const names = new Set(choice.at('tools').list((tool) => tool.at('name').value));
  return {
    tools: tools.filter(({ name }) => names.has(name)),
    tool_choice: choice.at('mode').oneOf(allowedModes),
  };
}

function known(name: WireField, tools: readonly ToolSchema[]): string {
  const wanted = name.name();
  if (!tools.some((tool) => tool.name === wanted)) throw name.wrong('must be the name of one of the tools');
  return wanted;
}

/** The form that the answer shall have; undefined for plain text. */
export function convertFormat(format: WireField): ResponseFormat | undefined {
  const type = format.kind(['text', 'json_object', 'json_schema']);
  if (type === 'text') return undefined;
  if (type === 'json_object') return { type };
  const description = format.at('description').maybe((field) => field.text());
  const strict = format.at('strict').maybe((field) => field.flag());
  return {
    type,
    name: format.at('name').name(),
    schema: format.at('schema').object(),
    ...(description !== undefined && { description }),
    ...(strict !== undefined && { strict }),
  };
}
