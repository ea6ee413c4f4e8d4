import { askedTools, type Ask, type AskedImage, type Turn } from './ask.js';

export function inChat(ask: Ask): object {
  const { choice, schema } = ask;
  return {
    messages: [...(ask.system ? [{ role: 'system', content: ask.system }] : []), ...ask.turns.map(message)],
    ...(ask.hasTools && {
      tools: askedTools.map(({ name, description, schema: parameters }) => ({
        type: 'function',
        function: { name, description, parameters },
      })),
    }),
    ...(choice && {
      tool_choice: typeof choice === 'string' ? choice : { type: 'function', function: choice },
    }),
    ...(ask.isOneCallAtMost && { parallel_tool_calls: false }),
    ...(schema && {
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } },
    }),
    ...(ask.stop && { stop: ask.stop }),
    ...(ask.maxTokens && { max_completion_tokens: ask.maxTokens }),
    ...(ask.temperature !== undefined && { temperature: ask.temperature }),
    ...(ask.isThinking && { reasoning_effort: 'low' }),
    ...(!ask.isWhole && !ask.isUsageUnwanted && { stream_options: { include_usage: true } }),
  };
}

function message(turn: Turn): object {
  switch (turn.by) {
    case 'user':
      return {
        role: 'user',
        content: turn.images ? [{ type: 'text', text: turn.text }, ...turn.images.map(image)] : turn.text,
      };
    case 'model':
      return {
        role: 'assistant',
        content: turn.text ?? null,
        ...(turn.thinking && { reasoning_content: turn.thinking.text }),
        ...(turn.calls && {
          tool_calls: turn.calls.map(({ id, name, input }) => ({
            id,
            type: 'function',
            function: { name, arguments: JSON.stringify(input) },
          })),
        }),
      };
    case 'tool':
      return { role: 'tool', tool_call_id: turn.id, content: turn.output };
  }
}

const image = (asked: AskedImage): object => ({ type: 'image_url', image_url: { url: urlOf(asked) } });

/** Where it is, or all of it. */
export const urlOf = (asked: AskedImage): string =>
  'url' in asked ? asked.url : `data:${asked.type};base64,${asked.base64}`;
