// Pulls that go on page after page until they have everything, and waits for what a run does.
import type { Message } from '../../src/messages/message-kinds.js';
import { body, getMetadata, pullChunks, type ChunkPage, type Metadata } from './api.js';
import type { Caller } from './http.js';
import { until } from './until.js';

/** Every message of every branch, oldest change first. */
export async function allMessages(api: Caller, id: string): Promise<Message[]> {
  const all: Message[] = [];
  for (let since = 0; ;) {
    const page = body(await api.get<Changes>(`/contexts/${id}/messages?changed_since=${since}&limit=200`));
    all.push(...page.messages);
    since = page.revision;
    if (!page.has_more) return all;
  }
}

/** Every chunk after a sequence; the other facts are those of the last page. */
export async function allChunks(api: Caller, stream: string, after = 0): Promise<ChunkPage> {
  const chunks: ChunkPage['chunks'][number][] = [];
  for (let cursor = after; ;) {
    const page = await pullChunks(api, stream, `?after=${cursor}&limit=1000`);
    chunks.push(...page.chunks);
    cursor = chunks.at(-1)?.sequence ?? cursor;
    if (!page.has_more) return { ...page, chunks };
  }
}

/** Waits until no run is under way, and gives the light view of then. */
export const settled = (api: Caller, id: string, deadlineMs?: number): Promise<Metadata> =>
  until(
    async () => {
      const seen = await getMetadata(api, id);
      return ['initial', 'awaiting_user', 'error', 'archived'].includes(seen.state.type) && seen;
    },
    { what: `the end of the turn in context ${id}`, ...(deadlineMs && { deadlineMs }) },
  );

/** Waits until something streams in a context, and gives the path of its message. */
export async function streamOf(api: Caller, id: string): Promise<string> {
  const look = async (): Promise<string | undefined> =>
    (await getMetadata(api, id)).streaming.find((cursor) => cursor.current_sequence > 0)?.message_id;
  return `/contexts/${id}/messages/${await until(look, { what: `a chunk in context ${id}` })}`;
}

interface Changes {
  readonly messages: readonly Message[];
  readonly revision: number;
  readonly has_more: boolean;
}
