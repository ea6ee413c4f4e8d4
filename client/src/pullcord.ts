import { createActivities, type ActivityListener } from './activity.js';
import { apiClient, type Client } from './calls/api-client.js';
import { newKey } from './calls/new-key.js';
import { createPatience } from './calls/patience.js';
import { pullsOf } from './calls/pulls.js';
import { createSignalSource } from './connection/create-signal-source.js';
import { createContext } from './generated/sdk.gen.js';
import type { CreateContext } from './generated/types.gen.js';
import { liveContext } from './live-context.js';
import type { PullcordOptions } from './options.js';
import { resolveOptions } from './settings.js';
import { attended } from './sync/attention.js';
import { contextSync } from './sync/context-sync.js';
import { listSync } from './sync/list-sync.js';
import { createShelf } from './sync/shelf.js';
import { signalRoutes } from './sync/signal-routes.js';
import type { ContextListQuery, LiveConnection, LiveContext, LiveContextList } from './views.js';

export interface Pullcord {
  /**
   * A conversation. Nothing is asked before somebody subscribes. The same object for the same id, while it is followed
   * for as long as it is one of the last 20 that are not, and while it has a message that could not be sent.
   */
  context(id: string): LiveContext;
  /** The caller's conversations, newest activity first. The same object for the same query, as with contexts. */
  contexts(query?: ContextListQuery): LiveContextList;
  /** Makes a new conversation. */
  createContext(body?: CreateContext): Promise<LiveContext>;
  /** For the calls of `@pullcord/client/api`: `listModels({ client: pullcord.api })`. */
  readonly api: Client;
  readonly connection: LiveConnection;
  /** Hears of all that the library does, until the function that it gives is called. */
  activity(listener: ActivityListener): () => void;
  /** Ends the stream and all pulls, for good; views stay as they are. */
  close(): void;
}

/** Everything about one server, as one caller sees it. Opens nothing before somebody subscribes. */
export function createPullcord(options: PullcordOptions = {}): Pullcord {
  const settings = resolveOptions(options);
  const client = apiClient(settings);
  const patience = createPatience(settings.maxRetryDelayMs);
  const activities = createActivities();
  const source = createSignalSource(settings);
  const { getView, subscribe } = source.view;
  subscribe((connection) => activities.tell({ type: 'connection', at: Date.now(), connection }));
  const parts = { settings, patience, activities, routes: signalRoutes(source, patience, activities) };

  const contexts = createShelf((id, whileUsed) => {
    const sync = contextSync(id, pullsOf(client, id), parts);
    const live = attended(sync.view, whileUsed(sync), settings.lingerMs);
    return {
      ...liveContext(id, sync, live, { client, patience, activities }),
      isUnsaved: sync.outbox.isUnsaved,
    };
  });
  const lists = createShelf((key, whileUsed) => {
    const sync = listSync(JSON.parse(key) as ContextListQuery, client, parts);
    const { loadMore, refresh } = sync;
    return { ...attended(sync.view, whileUsed(sync), settings.lingerMs), loadMore, refresh };
  });

  return {
    context: contexts.get,
    contexts: ({ q, archived } = {}) => lists.get(JSON.stringify({ q, archived })),
    async createContext(body = {}) {
      const headers = { 'Idempotency-Key': newKey() };
      const { data } = await patience.insist(() => createContext({ client, body, headers }));
      return contexts.get(data.id);
    },
    api: client,
    connection: {
      getView,
      subscribe,
      retryNow() {
        patience.hasten();
        source.retryNow();
      },
    },
    activity: activities.listen,
    close() {
      contexts.close();
      lists.close();
      source.close();
    },
  };
}
