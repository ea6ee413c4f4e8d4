import type { Client } from './api-client.js';
import { getContext, pullChunks, pullMessages } from '../generated/sdk.gen.js';
import type { ChunkPage, Context, MessageChanges, MessagePage } from '../generated/types.gen.js';
import { networkProblem, PullcordError } from '../problem.js';

/** The largest page that the server gives. */
export const maxPage = 200;

export interface PageQuery {
  readonly branch: string;
  readonly limit: number;
  readonly before?: string;
  readonly after?: string;
}

/** A context, and the name of what it was like. */
export interface TaggedContext {
  readonly context: Context;
  readonly etag: string | undefined;
}

/** The reads of one context. Each throws a PullcordError. */
export class Pulls {
  constructor(
    private readonly client: Client,
    private readonly contextId: string,
  ) {}

  /** Undefined when it is as it was. */
  async context(etag: string | undefined, signal: AbortSignal): Promise<TaggedContext | undefined> {
    try {
      const headers = etag ? { 'If-None-Match': etag } : {};
      const { data, response } = await getContext({ ...this.common(signal), headers });
      return { context: data, etag: response.headers.get('etag') ?? undefined };
    } catch (error) {
      if (error instanceof PullcordError && error.problem.status === 304) return undefined;
      throw error;
    }
  }

  async changes(since: number, signal: AbortSignal): Promise<MessageChanges> {
    const query = { changed_since: since, limit: maxPage };
    const { data } = await pullMessages({ ...this.common(signal), query });
    if ('deleted' in data) return data;
    throw unexpected();
  }

  async page(query: PageQuery, signal: AbortSignal): Promise<MessagePage> {
    const { data } = await pullMessages({ ...this.common(signal), query: { ...query } });
    if ('siblings' in data) return data;
    throw unexpected();
  }

  /** Held for up to `waitMs` while there is nothing newer. */
  async chunks(messageId: string, after: number, waitMs: number, signal: AbortSignal): Promise<ChunkPage> {
    const path = { context_id: this.contextId, message_id: messageId };
    const query = { after, limit: 1000, ...(waitMs > 0 && { wait_ms: waitMs }) };
    return (await pullChunks({ ...this.common(signal), path, query })).data;
  }

  private common(signal: AbortSignal) {
    const path = { context_id: this.contextId };
    return { client: this.client, path, signal } as const;
  }
}

const unexpected = (): PullcordError =>
  new PullcordError(networkProblem('The answer is not what was asked for.'));
