type Body = Readonly<Record<string, unknown>>;

/**
 * The body as this host wants it. OpenAI's reasoning models refuse `max_tokens`, and its other models know the
 * new name too; elsewhere only the old one can be counted on. OpenAI refuses what others call `top_k`.
 */
export function adaptBody({ max_tokens, ...rest }: Body, hostname: string): Record<string, unknown> {
  const isOpenAi = hostname === 'api.openai.com';
  const adapted = { ...rest };
  if (isOpenAi) delete adapted['top_k'];
  if (max_tokens === undefined) return adapted;
  return isOpenAi ? { ...adapted, max_completion_tokens: max_tokens } : { ...adapted, max_tokens };
}
