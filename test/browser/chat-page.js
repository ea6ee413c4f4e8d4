// A page as people write it with the AI SDK: the useChat hook, in strict mode, in the words of the guide.
import { createElement as make, StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
// The example of docs/guides/ai-sdk.md.
import { transport, useConversation } from './use-conversation.js';

const id = new URL(globalThis.location.href).searchParams.get('chat');

const button = (name, onClick) => make('button', { key: name, onClick }, name);

function Part({ part, answer }) {
  if (part.type === 'text') return part.text;
  if (part.type !== 'dynamic-tool') return null;
  const isAsked = part.state === 'approval-requested';
  const approve = () => answer({ id: part.approval.id, approved: true });
  return make('p', {}, `[${part.toolName} ${part.state}]`, isAsked && button('Approve', approve));
}

function Chat({ messages: first }) {
  const [text, setText] = useState('');
  const chat = useConversation(id, first);
  const send = () => {
    void chat.sendMessage({ text });
    setText('');
  };
  return [
    ...chat.messages.map(({ id: key, role, parts }) =>
      make(
        'article',
        { key, 'aria-label': role },
        parts.map((part, index) => make(Part, { key: index, part, answer: chat.addToolApprovalResponse })),
      ),
    ),
    make('input', {
      key: 'input',
      'aria-label': 'Message',
      value: text,
      onChange: ({ target }) => setText(target.value),
    }),
    button('Send', send),
    button('Stop', chat.stop),
    button('Regenerate', () => chat.regenerate()),
    make('output', { key: 'output' }, chat.error ? `error: ${chat.error.message}` : chat.status),
  ];
}

const messages = await transport.messages(id);
createRoot(globalThis.document.body).render(make(StrictMode, {}, make(Chat, { messages })));
