// One context, kept as the server has it. Who changes what: `facts` only whoever has the turn, so that no two pulls undo
// each other; each streaming message has a loop of its own for its chunks. A view is made from all of it at once, so that
// nobody ever sees half of a pull.
import type { Activities } from '../activity.js';
import type { Patience } from '../calls/patience.js';
import type { Pulls } from '../calls/pulls.js';
import type { Signal } from '../generated/types.gen.js';
import { LiveValue } from '../live-value.js';
import { problemOf, PullcordError, type Problem } from '../problem.js';
import type { Settings } from '../settings.js';
import type { ContextView, ViewStatus } from '../views.js';
import { ChunkSyncs } from './chunk-syncs.js';
import type { ChunkReader } from './chunk-sync.js';
import { emptyView, mapToView } from './map-to-view.js';
import { Outbox } from './outbox.js';
import { pullFacts, pullOlder, type Facts, type PulledFacts } from './pull-facts.js';
import { PullLoop } from './pull-loop.js';
import type { SignalRoutes, Watcher } from './signal-routes.js';

export interface SyncParts {
  readonly settings: Settings;
  readonly patience: Patience;
  readonly activities: Activities;
  readonly routes: SignalRoutes;
}

/** How long a pull of chunks is held while there is no stream of signals. */
const holdMs = 20_000;

export class ContextSync implements Watcher {
  readonly view: LiveValue<ContextView>;
  readonly outbox = new Outbox(() => this.show());
  /** The branch to show instead of the active one. */
  private chosen: string | undefined;
  private facts: Facts | undefined;
  /** The revision that the server is known to be at. */
  private known = 0;
  private status: ViewStatus = 'loading';
  private problem: Problem | undefined;
  /** The server did not know what is known here: it is to be pulled as if nothing were. */
  private isDoubtful = false;
  private loop: PullLoop | undefined;
  private older: Promise<void> | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private readonly texts: ChunkSyncs;

  constructor(
    private readonly id: string,
    private readonly pulls: Pulls,
    private readonly parts: SyncParts,
  ) {
    this.view = new LiveValue(emptyView(id));
    this.texts = new ChunkSyncs(pulls, this.chunkReader(), parts.patience);
  }

  /** Follows until the function that it gives is called; what has come is kept. */
  start(): () => void {
    const cursor = {
      pull: (abort: AbortSignal) => this.pull(abort),
      isBehind: () => this.known > this.revision,
      failed: (error: unknown) => this.fail(error),
    };
    const loop = (this.loop = new PullLoop(cursor, this.parts.patience));
    const stopWatching = this.parts.routes.watch(this.id, this);
    loop.want();
    this.texts.start();
    return () => {
      stopWatching();
      loop.stop();
      this.loop = undefined;
      this.texts.stop();
    };
  }

  connected(): void {
    this.loop?.want();
    this.texts.want();
  }

  poll(): void {
    this.loop?.want();
    this.texts.wake();
  }

  signal(signal: Signal): void {
    if (signal.type === 'resync') this.connected();
    if (signal.type === 'content_delta') this.texts.announce(signal.message_id, signal.current_sequence);
    if (signal.type === 'snapshot')
      for (const one of signal.streaming) this.texts.announce(one.message_id, one.current_sequence);
    if ('revision' in signal && signal.revision !== undefined) this.announce(signal.revision);
  }

  /** The server is at this revision. */
  announce(revision: number): void {
    this.known = Math.max(this.known, revision);
    this.loop?.wake();
  }

  choose(branch: string | undefined): void {
    if (branch === this.chosen) return;
    this.chosen = branch;
    this.loop?.want();
  }

  /** Pulls from both cursors now; throws when that of the revision does not work out. */
  async refresh(): Promise<void> {
    this.parts.patience.hasten();
    this.texts.want();
    await (this.loop ? this.loop.now() : this.pull(new AbortController().signal));
  }

  /** Adds a page above the first message; once, however often it is asked for meanwhile. */
  loadOlder(): Promise<void> {
    this.older ??= this.addOlder().finally(() => (this.older = undefined));
    return this.older;
  }

  private get revision(): number {
    return this.facts?.tagged.context.revision ?? 0;
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  private addOlder(): Promise<void> {
    return this.inTurn(async () => {
      if (!this.facts) return;
      const { pageSize } = this.parts.settings;
      const line = await pullOlder(this.pulls, this.facts.line, pageSize, new AbortController().signal);
      this.facts = { ...this.facts, line };
      this.texts.follow(line.messages);
      this.show();
    });
  }

  private pull(abort: AbortSignal): Promise<void> {
    return this.inTurn(async () => {
      abort.throwIfAborted();
      const announced = this.known;
      const from = this.facts?.revision ?? 0;
      const end = this.parts.activities.pullStarted({ contextId: this.id, cursor: 'revision', from });
      try {
        const pulled = await this.pullOrBeginAnew(abort);
        this.take(pulled);
        end(pulled.facts.revision, pulled.came.length);
        // What was announced before was committed before: this pull had it, or it never was.
        if (this.known === announced) this.known = this.revision;
      } catch (error) {
        end(from, 0, error);
        if (!isGone(error)) throw error;
        this.lose(problemOf(error));
      }
    });
  }

  private async pullOrBeginAnew(abort: AbortSignal): Promise<PulledFacts> {
    const wanted = { branch: this.chosen, pageSize: this.parts.settings.pageSize };
    try {
      if (!this.isDoubtful) return await pullFacts(this.pulls, this.facts, wanted, abort);
    } catch (error) {
      if (!isAhead(error)) throw error;
    }
    // What is known here never was: the server was restored from a backup (protocol 2.5).
    this.texts.follow([]);
    const pulled = await pullFacts(this.pulls, undefined, wanted, abort);
    this.isDoubtful = false;
    return pulled;
  }

  private take({ facts, came }: PulledFacts): void {
    const { context } = facts.tagged;
    this.facts = facts;
    this.status = 'ready';
    this.problem = undefined;
    this.texts.follow(facts.line.messages);
    for (const one of context.streaming) this.texts.announce(one.message_id, one.current_sequence);
    this.outbox.settle(came, context);
    this.show();
  }

  private chunkReader(): ChunkReader {
    const { routes, settings, activities } = this.parts;
    return {
      waitMs: () => (routes.isLive ? 0 : Math.min(holdMs, Math.floor(settings.requestTimeoutMs / 2))),
      pullStarted: (messageId, from) =>
        activities.pullStarted({ contextId: this.id, cursor: 'sequence', messageId, from }),
      pulled: () => {
        this.problem = undefined;
        this.show();
      },
      ended: () => this.loop?.want(),
      failed: (error) => {
        // It is the context that has changed under it: the other cursor tells how.
        if (isAhead(error) || isNotFound(error)) this.isDoubtful = true;
        this.fail(error);
        if (this.isDoubtful) this.loop?.want();
      },
    };
  }

  private fail(error: unknown): void {
    this.problem = problemOf(error);
    if (!this.facts) this.status = 'failed';
    this.show();
  }

  private lose(problem: Problem): void {
    this.facts = undefined;
    this.known = 0;
    this.status = 'missing';
    this.problem = problem;
    this.texts.follow([]);
    this.show();
  }

  private show(): void {
    this.view.set(
      mapToView(this.view.getView(), {
        status: this.status,
        problem: this.problem,
        context: this.facts?.tagged.context,
        line: this.facts?.line,
        streamOf: (messageId) => this.texts.streamOf(messageId),
        outgoing: this.outbox.messages,
      }),
    );
  }
}

const codeOf = (error: unknown): Problem['code'] | undefined =>
  error instanceof PullcordError ? error.problem.code : undefined;

/** There is no such context, or none for this caller; it may be there one day. */
const isGone = (error: unknown): boolean => codeOf(error) === 'context_not_found';
const isNotFound = (error: unknown): boolean => codeOf(error) === 'message_not_found';
const isAhead = (error: unknown): boolean => codeOf(error) === 'cursor_ahead';
