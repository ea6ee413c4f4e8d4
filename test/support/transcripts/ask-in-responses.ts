import { urlOf } from './ask-in-chat.js';
import { askedTools, type Ask, type Turn } from './ask.js';

export function inResponses(ask: Ask): object {
  const { choice, schema } = ask;
  return {
    ...(ask.system && { instructions: ask.system }),
    input: ask.turns.flatMap(items),
    ...(ask.hasTools && {
      tools: askedTools.map(({ name, description, schema: parameters }) => ({
        type: 'function',
        name,
        description,
        parameters,
      })),
    }),
    ...(choice && { tool_choice: typeof choice === 'string' ? choice : { type: 'function', ...choice } }),
    ...(ask.isOneCallAtMost && { parallel_tool_calls: false }),
    ...(schema && { text: { format: { type: 'json_schema', name: 'answer', schema, strict: true } } }),
    // It has no stop sequences.
    ...(ask.maxTokens && { max_output_tokens: ask.maxTokens }),
    ...(ask.temperature !== undefined && { temperature: ask.temperature }),
    ...(ask.isThinking && {
      reasoning: { effort: 'low', summary: 'auto' },
      include: ['reasoning.encrypted_content'],
    }),
    store: false,
  };
}

function items(turn: Turn): readonly object[] {
  switch (turn.by) {
    case 'user':
      return [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: turn.text },
            ...(turn.images ?? []).map((asked) => ({
              type: 'input_image',
              image_url: urlOf(asked),
              detail: 'auto',
            })),
          ],
        },
      ];
    case 'model':
      return [
        ...(turn.thinking
          ? [
              {
                type: 'reasoning',
                id: 'rs_before',
                summary: [{ type: 'summary_text', text: turn.thinking.text }],
                encrypted_content: turn.thinking.encrypted,
              },
            ]
          : []),
        ...(turn.text
          ? [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: turn.text }] }]
          : []),
        ...(turn.calls ?? []).map(({ id, name, input }) => ({
          type: 'function_call',
          call_id: id,
          name,
          arguments: JSON.stringify(input),
        })),
      ];
    case 'tool':
      return [{ type: 'function_call_output', call_id: turn.id, output: turn.output }];
  }
}
