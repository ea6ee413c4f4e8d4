import { getContext, pullChunks, pullMessages } from '../generated/sdk.gen.js';
import type { ChunkPage, Context, MessageChanges, MessagePage } from '../generated/types.gen.js';
import { networkProblem, PullcordError, type Problem } from '../problem.js';
import type { Client } from './api-client.js';

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
export interface Pulls {
  /** Undefined when it is as it was. */
  context(etag?: string): Promise<TaggedContext | undefined>;
  changes(since: number): Promise<MessageChanges>;
  page(query: PageQuery): Promise<MessagePage>;
  /** Held for up to `waitMs` while there is nothing newer. */
  chunks(messageId: string, after: number, waitMs: number): Promise<ChunkPage>;
}

/** The reads of a context until `signal` says that it is enough. */
export type PullsUntil = (signal?: AbortSignal) => Pulls;

export const pullsOf =
  (client: Client, context_id: string): PullsUntil =>
  (signal) => {
    const common = { client, path: { context_id }, signal };
    return {
      async context(etag) {
        try {
          const headers = { 'If-None-Match': etag };
          const { data, response } = await getContext({ ...common, headers });
          return { context: data, etag: response.headers.get('etag') ?? undefined };
        } catch (error) {
          if (etag && error instanceof PullcordError && error.problem.status === 304) return undefined;
          throw error;
        }
      },
      async changes(since) {
        const { data } = await pullMessages({ ...common, query: { changed_since: since, limit: maxPage } });
        if ('deleted' in data) return data;
        throw unexpected();
      },
      async page(query) {
        const { data } = await pullMessages({ ...common, query: { ...query } });
        if ('siblings' in data) return data;
        throw unexpected();
      },
      async chunks(message_id, after, waitMs) {
        const query = { after, limit: 1000, wait_ms: waitMs || undefined };
        return (await pullChunks({ ...common, path: { context_id, message_id }, query })).data;
      },
    };
  };

const unexpected = (): PullcordError =>
  new PullcordError(networkProblem('The answer is not what was asked for.'));

/** Why the server refused; undefined for anything else. */
export const codeOf = (error: unknown): Problem['code'] | undefined =>
  error instanceof PullcordError ? error.problem.code : undefined;
