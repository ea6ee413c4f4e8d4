// One context, kept as the server has it. Who changes what: `facts` only whoever has the turn, so that no two pulls undo
// each other; each streaming message has a loop of its own for its chunks. A view is made from all of it at once, so that
// nobody ever sees half of a pull.
import type { Activities } from '../activity.js';
import type { Patience } from '../calls/patience.js';
import { codeOf, type PullsUntil } from '../calls/pulls.js';
import { LiveValue } from '../live-value.js';
import { problemOf, type Problem } from '../problem.js';
import type { Settings } from '../settings.js';
import type { ContextView, Live, ViewStatus } from '../views.js';
import type { Followable } from './attention.js';
import { chunkSyncs } from './chunk-syncs.js';
import { emptyView, mapToView } from './map-to-view.js';
import { createOutbox, type Outbox } from './outbox.js';
import { pullFacts, pullOlder, type Facts } from './pull-facts.js';
import { pullLoop, type PullLoop } from './pull-loop.js';
import type { SignalRoutes, Watcher } from './signal-routes.js';

export interface SyncParts {
  readonly settings: Settings;
  readonly patience: Patience;
  readonly activities: Activities;
  readonly routes: SignalRoutes;
}

export interface ContextSync extends Followable {
  readonly view: Live<ContextView>;
  readonly outbox: Outbox;
  /** The server is at this revision. */
  announce(revision: number): void;
  /** Shows this branch instead of the active one. */
  choose(branch: string | undefined): void;
  /** Pulls from both cursors now; throws when that of the revision does not work out. */
  refresh(): Promise<void>;
  /** Adds a page above the first message; once, however often it is asked for meanwhile. */
  loadOlder(): Promise<void>;
}

/** How long a pull of chunks is held while there is no stream of signals. */
const holdMs = 20_000;

export function contextSync(
  id: string,
  pulls: PullsUntil,
  { settings, patience, activities, routes }: SyncParts,
): ContextSync {
  const { pageSize, requestTimeoutMs } = settings;
  const view = new LiveValue(emptyView(id));
  const outbox = createOutbox(
    () => show(),
    () => loop !== undefined,
  );
  let chosen: string | undefined;
  let facts: Facts | undefined;
  /** The revision that the server is known to be at. */
  let known = 0;
  let status: ViewStatus = 'loading';
  let problem: Problem | undefined;
  /** The server did not know what is known here: it is to be pulled as if nothing were. */
  let isDoubtful = false;
  let loop: PullLoop | undefined;
  let older: Promise<void> | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const texts = chunkSyncs(
    pulls,
    {
      waitMs: () => (routes.isLive() ? 0 : Math.min(holdMs, Math.floor(requestTimeoutMs / 2))),
      pullStarted: (messageId, from) =>
        activities.pullStarted({ contextId: id, cursor: 'sequence', messageId, from }),
      pulled(isWhole) {
        problem = undefined;
        show();
        if (isWhole) loop?.want();
      },
      failed(error) {
        // It is the context that has changed under it: the other cursor tells how.
        isDoubtful ||= ['cursor_ahead', 'message_not_found'].includes(codeOf(error) ?? '');
        fail(error);
        if (isDoubtful) loop?.want();
      },
    },
    patience,
  );

  const revision = (): number => facts?.tagged.context.revision ?? 0;

  function show(): void {
    const { tagged, line } = facts ?? {};
    view.set(
      mapToView(view.getView(), {
        status,
        problem,
        context: tagged?.context,
        line,
        streamOf: texts.streamOf,
        outgoing: outbox.messages(),
      }),
    );
  }

  function fail(error: unknown): void {
    problem = problemOf(error);
    if (!facts) status = 'failed';
    show();
  }

  function take(pulled: Facts): void {
    facts = pulled;
    status = 'ready';
    problem = undefined;
    const { context } = pulled.tagged;
    texts.follow(pulled.line.messages);
    for (const one of context.streaming) texts.announce(one.message_id, one.current_sequence);
    outbox.settle(pulled.came, context);
    show();
  }

  /** There is no such context, or none for this caller; it may be there one day. */
  function lose(error: unknown): void {
    facts = undefined;
    known = 0;
    status = 'missing';
    problem = problemOf(error);
    texts.follow([]);
    show();
  }

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  };

  const pullOrBeginAnew = async (signal?: AbortSignal): Promise<Facts> => {
    const wanted = { branch: chosen, pageSize };
    try {
      if (!isDoubtful) return await pullFacts(pulls(signal), facts, wanted);
    } catch (error) {
      if (codeOf(error) !== 'cursor_ahead') throw error;
    }
    // What is known here never was: the server was restored from a backup (protocol 2.5).
    texts.follow([]);
    const pulled = await pullFacts(pulls(signal), undefined, wanted);
    isDoubtful = false;
    return pulled;
  };

  const pull = (signal?: AbortSignal): Promise<void> =>
    inTurn(async () => {
      signal?.throwIfAborted();
      const announced = known;
      const from = facts?.revision ?? 0;
      const end = activities.pullStarted({ contextId: id, cursor: 'revision', from });
      try {
        const pulled = await pullOrBeginAnew(signal);
        take(pulled);
        end(pulled.revision, pulled.came.length);
        // What was announced before was committed before: this pull had it, or it never was.
        if (known === announced) known = revision();
      } catch (error) {
        end(from, 0, error);
        if (codeOf(error) !== 'context_not_found') throw error;
        lose(error);
      }
    });

  const addOlder = (): Promise<void> =>
    inTurn(async () => {
      if (!facts) return;
      facts = { ...facts, line: await pullOlder(pulls(), facts.line, pageSize) };
      texts.follow(facts.line.messages);
      show();
    });

  const announce = (to: number): void => {
    known = Math.max(known, to);
    loop?.wake();
  };

  const watcher: Watcher = {
    connected() {
      loop?.want();
      texts.want();
    },
    poll() {
      loop?.want();
      texts.wake();
    },
    signal(signal) {
      if (signal.type === 'resync') watcher.connected();
      if (signal.type === 'content_delta') texts.announce(signal.message_id, signal.current_sequence);
      if (signal.type === 'snapshot')
        for (const one of signal.streaming) texts.announce(one.message_id, one.current_sequence);
      if ('revision' in signal && signal.revision !== undefined) announce(signal.revision);
    },
  };

  return {
    view,
    outbox,
    announce,
    start() {
      const stopWatching = routes.watch(id, watcher);
      loop = pullLoop({ pull, isBehind: () => known > revision(), failed: fail }, patience);
      loop.want();
      texts.start();
      return () => {
        stopWatching();
        loop?.stop();
        loop = undefined;
        texts.stop();
      };
    },
    choose(branch) {
      if (branch === chosen) return;
      chosen = branch;
      loop?.want();
    },
    refresh() {
      patience.hasten();
      texts.want();
      return loop ? loop.now() : pull();
    },
    loadOlder: () => (older ??= addOlder().finally(() => (older = undefined))),
  };
}
