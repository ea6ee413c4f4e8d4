/** What Copilot wants to know of a request beside its body: whose turn it is, and whether there are images. */
export function headersFor(body = ''): Record<string, string> {
  const { messages } = readBody(body);
  const roles = messages.map((message) => fieldOf(message, 'role'));
  const isAgents = roles.at(-1) === 'assistant' || roles.at(-1) === 'tool';
  const hasImages = messages.some((message) => {
    const content = fieldOf(message, 'content');
    return Array.isArray(content) && content.some((part) => fieldOf(part, 'type') === 'image_url');
  });
  return {
    'x-initiator': isAgents ? 'agent' : 'user',
    ...(hasImages && { 'copilot-vision-request': 'true' }),
  };
}

function readBody(body: string): { readonly messages: readonly unknown[] } {
  const messages = body === '' ? undefined : fieldOf(JSON.parse(body), 'messages');
  return { messages: Array.isArray(messages) ? messages : [] };
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
