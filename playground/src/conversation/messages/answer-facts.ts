import type { MessageView } from '@pullcord/client';
import { durationText } from '../tools/duration-format.js';

type AnswerMessage = Extract<MessageView['message'], { readonly kind: 'streaming_response' }>;

/** Who answered, and what it cost: `openai/gpt-4o · 210 tokens · 3.2 s`. Pure. */
export function answerFacts({ data, metadata }: AnswerMessage): string {
  const tokens = (metadata.tokens ?? data.usage)?.completion;
  const time = metadata.streaming?.total_duration_ms;
  const passedOver = metadata.skipped?.map(({ model }) => model).join(', ');
  return [
    passedOver ? `${data.model} instead of ${passedOver}` : data.model,
    tokens !== undefined && `${tokens.toLocaleString('en')} ${tokens === 1 ? 'token' : 'tokens'}`,
    time !== undefined && durationText(time),
  ]
    .filter(Boolean)
    .join(' · ');
}
