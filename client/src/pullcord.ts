import { Activities, type ActivityListener } from './activity.js';
import { apiClient, type Client } from './calls/api-client.js';
import { newKey } from './calls/new-key.js';
import { Patience } from './calls/patience.js';
import { Pulls } from './calls/pulls.js';
import { createSignalSource } from './connection/create-signal-source.js';
import { createContext } from './generated/sdk.gen.js';
import type { CreateContext } from './generated/types.gen.js';
import { FollowedList } from './live-context-list.js';
import { FollowedContext } from './live-context.js';
import type { PullcordOptions } from './options.js';
import { resolveOptions } from './settings.js';
import { Attention } from './sync/attention.js';
import { ContextSync } from './sync/context-sync.js';
import { ListSync } from './sync/list-sync.js';
import { Shelf } from './sync/shelf.js';
import { SignalRoutes } from './sync/signal-routes.js';
import type { ContextListQuery, LiveConnection, LiveContext, LiveContextList } from './views.js';

export interface Pullcord {
  /**
   * A conversation. Nothing is asked before somebody subscribes. The same object for the same id, while it is followed
   * and for as long as it is one of the last 20 that are not.
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
  /** Ends the stream and all pulls; views stay as they are. */
  close(): void;
}

/** Everything about one server, as one caller sees it. Opens nothing before somebody subscribes. */
export function createPullcord(options: PullcordOptions = {}): Pullcord {
  const settings = resolveOptions(options);
  const client = apiClient(settings);
  const patience = new Patience(settings.maxRetryDelayMs);
  const activities = new Activities();
  const source = createSignalSource(settings);
  const routes = new SignalRoutes(source, patience, activities);
  source.view.subscribe((connection) => activities.tell({ type: 'connection', at: Date.now(), connection }));

  const contexts = new Shelf((id, whileUsed) => {
    const sync = new ContextSync(id, new Pulls(client, id), { settings, patience, activities, routes });
    const attention = new Attention(whileUsed(sync), settings.lingerMs);
    return new FollowedContext(id, sync, attention, { client, patience, activities });
  });
  const lists = new Shelf((key, whileUsed) => {
    const [q, archived] = JSON.parse(key) as [string | null, boolean | null];
    const query = { ...(q !== null && { q }), ...(archived !== null && { archived }) };
    const sync = new ListSync(query, settings.pageSize, client, routes, patience);
    return new FollowedList(sync, new Attention(whileUsed(sync), settings.lingerMs));
  });

  return {
    context: (id) => contexts.get(id),
    contexts: ({ q, archived } = {}) => lists.get(JSON.stringify([q ?? null, archived ?? null])),
    async createContext(body = {}) {
      const headers = { 'Idempotency-Key': newKey() };
      const create = () => createContext({ client, body, headers });
      return contexts.get((await patience.insist(create)).data.id);
    },
    api: client,
    connection: {
      getView: source.view.getView,
      subscribe: source.view.subscribe,
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
