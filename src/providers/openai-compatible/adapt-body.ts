type Body = Readonly<Record<string, unknown>>;

/**
 * The body as this host wants it. OpenAI's reasoning models refuse `max_tokens`, and its other models know the
 * new name too; elsewhere only the old one can be counted on.
 */
export function adaptBody({ max_tokens, ...rest }: Body, hostname: string): Record<string, unknown> {
  if (max_tokens === undefined) return rest;
  return hostname === 'api.openai.com'
    ? { ...rest, max_completion_tokens: max_tokens }
    : { ...rest, max_tokens };
}
