// A chat of the AI SDK as its pages have it, without a page: the SDK's own Chat with the transport that comes with it.
import { Chat } from '@ai-sdk/react';
import { DefaultChatTransport, type ChatInit, type ChatTransport, type UIMessage } from 'ai';
import type { UiFacts } from '../../src/ui-messages/ui-kinds.js';
import { body } from './api.js';
import { answer, hold, type Piece, type Plan } from './fake-upstream.js';
import type { Caller } from './http.js';
import { until } from './until.js';

export interface ShownMetadata {
  readonly pullcord?: UiFacts;
  readonly [own: string]: unknown;
}
export type ShownMessage = UIMessage<ShownMetadata>;
export type PageChat = Chat<ShownMessage>;

/** The transport that pages have unless they are given another. */
export const stockTransport = (url: string, more: object = {}): ChatTransport<ShownMessage> =>
  new DefaultChatTransport<ShownMessage>({ api: `${url}/ui/chat`, ...more });

export const openChat = (url: string, init: ChatInit<ShownMessage> = {}): PageChat =>
  new Chat<ShownMessage>({ transport: stockTransport(url), ...init });

/** What a page is given of a chat when it is opened. */
export const shownBy = async (api: Caller, chatId: string): Promise<ShownMessage[]> =>
  body(await api.get<ShownMessage[]>(`/ui/chat/${chatId}/messages`));

/** All that a message says. */
export const textOf = (message: ShownMessage | undefined): string =>
  (message?.parts ?? []).flatMap((part) => (part.type === 'text' ? part.text : [])).join('');

/** The calls of tools in a message: their names and how they stand. */
export const callsOf = (message: ShownMessage | undefined): string[] =>
  (message?.parts ?? []).flatMap((part) =>
    part.type === 'dynamic-tool' ? `${part.toolName} ${part.state}` : [],
  );

/** Waits until the last message of a chat says this, and no more. */
export const says = (chat: PageChat, text: string): Promise<true> =>
  until(() => chat.messages.length > 0 && textOf(chat.messages.at(-1)) === text, { what: `"${text}"` });

/** An answer that says this, then nothing until it is released, and then that. */
export function halting(before: readonly string[], after: readonly string[]): Plan {
  const pieces = (texts: readonly string[]): readonly Piece[] => answer(texts).pieces ?? [];
  return { pieces: [...pieces(before).slice(0, before.length + 1), hold, ...pieces(after).slice(1)] };
}
