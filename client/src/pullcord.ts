import { newKey } from './calls/new-key.js';
import { Activities, type ActivityListener } from './activity.js';
import { boundClient } from './calls/bound-client.js';
import { Patience } from './calls/patience.js';
import { Pulls } from './calls/pulls.js';
import { createSignalSource } from './connection/create-signal-source.js';
import type { Client } from './generated/client/index.js';
import { createContext } from './generated/sdk.gen.js';
import type { CreateContext } from './generated/types.gen.js';
import { FollowedContext } from './live-context.js';
import { FollowedList } from './live-context-list.js';
import type { PullcordOptions } from './options.js';
import { resolveOptions } from './settings.js';
import { ContextSync } from './sync/context-sync.js';
import { ListSync } from './sync/list-sync.js';
import { SignalRoutes } from './sync/signal-routes.js';
import type { ContextListQuery, LiveConnection, LiveContext, LiveContextList } from './views.js';

export interface Pullcord {
  /** A conversation; the same object for the same id. Nothing is asked before somebody subscribes. */
  context(id: string): LiveContext;
  /** The caller's conversations, newest activity first; the same object for the same query. */
  contexts(query?: ContextListQuery): LiveContextList;
  /** Makes a new conversation. */
  createContext(body?: CreateContext): Promise<LiveContext>;
  /** For the calls of `@pullcord/client/api`: `listModels({ client: pullcord.api, throwOnError: true })`. */
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
  const client = boundClient(settings);
  const patience = new Patience(settings.maxRetryDelayMs);
  const activities = new Activities();
  const source = createSignalSource(settings);
  const routes = new SignalRoutes(source, patience, activities);
  const contexts = new Map<string, FollowedContext>();
  const lists = new Map<string, FollowedList>();
  source.view.subscribe((connection) => activities.tell({ type: 'connection', at: Date.now(), connection }));

  const context = (id: string): LiveContext => {
    const known = contexts.get(id);
    if (known) return known;
    const sync = new ContextSync(id, new Pulls(client, id), { settings, patience, activities, routes });
    const made = new FollowedContext(id, sync, { client, patience, activities, lingerMs: settings.lingerMs });
    contexts.set(id, made);
    return made;
  };

  const list = (query: ContextListQuery = {}): LiveContextList => {
    const key = JSON.stringify([query.q, query.archived]);
    const known = lists.get(key);
    if (known) return known;
    const sync = new ListSync(query, settings.pageSize, client, routes, patience);
    const made = new FollowedList(sync, settings.lingerMs);
    lists.set(key, made);
    return made;
  };

  return {
    context,
    contexts: list,
    async createContext(body = {}) {
      const headers = { 'Idempotency-Key': newKey() };
      const { data } = await patience.insist(() =>
        createContext({ client, body, headers, throwOnError: true }),
      );
      return context(data.id);
    },
    api: client,
    connection: { ...source.view, retryNow: () => source.retryNow() },
    activity: activities.listen,
    close() {
      for (const followed of [...contexts.values(), ...lists.values()]) followed.close();
      routes.end();
      source.close();
    },
  };
}
