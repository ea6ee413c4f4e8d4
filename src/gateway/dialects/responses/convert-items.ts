import type { PromptMessage, PromptToolCall, ReasoningBlock } from '../../../providers/language-model.js';
import { readArguments } from '../convert-tools.js';
import { readSeal } from '../seal-format.js';
import { WireField } from '../wire-field.js';
import { convertContent, convertText, joinTexts } from './convert-content.js';
import { ItemLines, type ItemGroup } from './item-lines.js';

const roles = ['user', 'assistant', 'system', 'developer'] as const;

/** What a provider's own tools left behind: it says nothing to a model that has no such tools. */
const leftOut: ReadonlySet<unknown> = new Set([
  'web_search_call',
  'file_search_call',
  'mcp_list_tools',
  'tool_search_call',
  'tool_search_output',
]);

/** The messages that the input of a request is. `isContinued`: there may be calls before it that it has results of. */
export const convertItems = (input: WireField, isContinued: boolean): PromptMessage[] =>
  groupItems(input, isContinued).map(({ prompt }) => prompt);

/** The same, each with its items. What is left out of the messages is no item either. */
export function groupItems(input: WireField, isContinued: boolean): ItemGroup[] {
  const lines = new ItemLines(isContinued);
  for (const item of itemsOf(input)) {
    lines.item = item.object();
    convertItem(item, lines);
  }
  return lines.end();
}

/** A text alone is a message of the user's. */
const itemsOf = (input: WireField): readonly WireField[] =>
  typeof input.value === 'string'
    ? [new WireField({ type: 'message', role: 'user', content: input.value }, input.path)]
    : input.items();

function convertItem(item: WireField, lines: ItemLines): void {
  const type = item.at('type').maybe((field) => field.text()) ?? 'message';
  switch (type) {
    case 'message':
      return convertMessage(item, lines);
    case 'reasoning':
      return lines.addReasoning(convertReasoning(item));
    case 'function_call':
      return lines.addCall(callOf(item, readArguments(item.at('arguments'))));
    case 'custom_tool_call':
      return lines.addCall(callOf(item, { input: item.at('input').text() }));
    case 'function_call_output':
    case 'custom_tool_call_output':
      return convertOutput(item, lines);
    case 'item_reference':
      throw item.at('id').wrong('is the id of no item that is stored here');
    default:
      if (!leftOut.has(type)) throw item.at('type').wrong('is none that this model could understand');
  }
}

function convertMessage(item: WireField, lines: ItemLines): void {
  const content = item.at('content');
  const role = item.at('role').oneOf(roles);
  if (role === 'assistant') return lines.addText(convertText(content));
  if (role === 'user') return lines.add({ role, parts: convertContent(content) });
  lines.add({ role: 'system', content: convertText(content) });
}

/** Its text is what of it may be shown, under whichever of its two names a client keeps it. */
function convertReasoning(item: WireField): ReasoningBlock {
  const texts = [item.at('summary'), item.at('content')].flatMap(
    (list) => list.maybe((field) => field.list((part) => part.at('text').text())) ?? [],
  );
  const id = item.at('id').maybe((field) => field.text());
  const own = { dialect: 'responses', kind: 'encrypted', ...(id !== undefined && { id }) } as const;
  const seal = item.at('encrypted_content').maybe((field) => readSeal(field.text(), own));
  return { text: texts.join('\n\n'), ...(seal && { seal }) };
}

const callOf = (item: WireField, args: unknown): PromptToolCall => ({
  id: item.at('call_id').name(),
  name: item.at('name').name(),
  arguments: args,
});

function convertOutput(item: WireField, lines: ItemLines): void {
  const parts = convertContent(item.at('output'));
  const id = item.at('call_id');
  lines.add({
    role: 'tool',
    tool_call_id: id.name(),
    tool_name: lines.nameOf(id),
    content: joinTexts(parts),
    ...(parts.some(({ type }) => type !== 'text') && { parts }),
    is_error: item.at('status').value === 'incomplete',
  });
}
