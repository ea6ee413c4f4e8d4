import { askedTools, type Ask, type AskedImage, type Turn } from './ask.js';

const choices = { none: 'none', required: 'any' } as const;

export function inMessages(ask: Ask): object {
  return {
    max_tokens: ask.maxTokens ?? 1000,
    ...(ask.system && { system: ask.system }),
    messages: joined(ask.turns),
    ...(ask.hasTools && {
      tools: askedTools.map(({ name, description, schema: input_schema }) => ({
        name,
        description,
        input_schema,
      })),
    }),
    ...((ask.choice ?? ask.isOneCallAtMost) && { tool_choice: choiceOf(ask) }),
    ...(ask.schema && { output_config: { format: { type: 'json_schema', schema: ask.schema } } }),
    ...(ask.stop && { stop_sequences: ask.stop }),
    ...(ask.temperature !== undefined && { temperature: ask.temperature }),
    ...(ask.isThinking && { thinking: { type: 'enabled', budget_tokens: 1024 }, max_tokens: 4096 }),
  };
}

const choiceOf = ({ choice, isOneCallAtMost }: Ask): object => ({
  ...(typeof choice === 'object' ? { type: 'tool', ...choice } : { type: choice ? choices[choice] : 'auto' }),
  ...(isOneCallAtMost && { disable_parallel_tool_use: true }),
});

/** Results that follow one another are one message of the user's. */
function joined(turns: readonly Turn[]): readonly object[] {
  const messages: { role: string; content: object[] }[] = [];
  for (const turn of turns) {
    const role = turn.by === 'model' ? 'assistant' : 'user';
    const last = messages.at(-1);
    if (last?.role === role) last.content.push(...blocks(turn));
    else messages.push({ role, content: [...blocks(turn)] });
  }
  return messages;
}

function blocks(turn: Turn): readonly object[] {
  switch (turn.by) {
    case 'user':
      return [...(turn.images ?? []).map(image), { type: 'text', text: turn.text }];
    case 'model':
      return [
        ...(turn.thinking
          ? [{ type: 'thinking', thinking: turn.thinking.text, signature: turn.thinking.signature }]
          : []),
        ...(turn.text ? [{ type: 'text', text: turn.text }] : []),
        ...(turn.calls ?? []).map((call) => ({ type: 'tool_use', ...call })),
      ];
    case 'tool':
      return [
        {
          type: 'tool_result',
          tool_use_id: turn.id,
          content: [{ type: 'text', text: turn.output }],
          ...(turn.isError && { is_error: true }),
        },
      ];
  }
}

const image = (asked: AskedImage): object => ({
  type: 'image',
  source:
    'url' in asked
      ? { type: 'url', url: asked.url }
      : { type: 'base64', media_type: asked.type, data: asked.base64 },
});
