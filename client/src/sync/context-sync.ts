// One context, kept as the server has it. Who changes what: only the loop of the revision sets `facts`, and one of its
// pulls at a time (`inTurn`); each streaming message has a loop of its own for its chunks. A view is made from all of it
// at once, so that nobody ever sees half of a pull.
import type { Activities } from '../activity.js';
import type { Patience } from '../calls/patience.js';
import type { Pulls } from '../calls/pulls.js';
import type { Signal } from '../generated/types.gen.js';
import { LiveValue } from '../live-value.js';
import { problemOf, PullcordError, type Problem } from '../problem.js';
import type { Settings } from '../settings.js';
import type { ContextView, ViewStatus } from '../views.js';
import { ChunkSync } from './chunk-sync.js';
import { MessageViews } from './message-views.js';
import { Outbox } from './outbox.js';
import { pullFacts, pullOlder, type Facts } from './pull-facts.js';
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
  private loop: PullLoop | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private readonly texts = new Map<string, ChunkSync>();
  private readonly messageViews = new MessageViews();

  constructor(
    private readonly id: string,
    private readonly pulls: Pulls,
    private readonly parts: SyncParts,
  ) {
    this.view = new LiveValue<ContextView>({
      id,
      status: 'loading',
      allowedActions: [],
      branches: [],
      messages: [],
      hasOlder: false,
      outgoing: [],
    });
  }

  /** Follows until the function that it gives is called. */
  start(): () => void {
    const { patience, routes } = this.parts;
    const cursor = {
      pull: (abort: AbortSignal) => this.pull(abort),
      isBehind: () => this.known > this.revision,
      failed: (error: unknown) => this.fail(error),
    };
    const loop = (this.loop = new PullLoop(cursor, patience));
    const stopWatching = routes.watch(this.id, this);
    loop.want();
    this.followTexts();
    return () => {
      stopWatching();
      loop.stop();
      this.loop = undefined;
      this.stopTexts(() => true);
    };
  }

  connected(): void {
    this.loop?.want();
    for (const text of this.texts.values()) text.want();
  }

  poll(): void {
    this.loop?.want();
    for (const text of this.texts.values()) text.announce(0);
  }

  signal(signal: Signal): void {
    if (signal.type === 'resync') this.connected();
    if ('revision' in signal && signal.revision !== undefined) this.announce(signal.revision);
    if (signal.type === 'content_delta') this.texts.get(signal.message_id)?.announce(signal.current_sequence);
    if (signal.type === 'snapshot')
      for (const { message_id, current_sequence } of signal.streaming)
        this.texts.get(message_id)?.announce(current_sequence);
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

  /** Pulls from both cursors; throws what it throws. */
  async refresh(): Promise<void> {
    for (const text of this.texts.values()) text.want();
    await (this.loop ? this.loop.now() : this.pull(new AbortController().signal));
  }

  /** Adds a page above the first message. */
  async loadOlder(): Promise<void> {
    const { pageSize } = this.parts.settings;
    await this.inTurn(async () => {
      const facts = this.facts;
      if (!facts) return;
      const line = await pullOlder(this.pulls, facts.line, pageSize, new AbortController().signal);
      if (this.facts !== facts) return;
      this.facts = { ...facts, line };
      this.show();
    });
  }

  private get revision(): number {
    return this.facts?.tagged.context.revision ?? 0;
  }

  /** One after another: two pulls of facts at once would undo each other. */
  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.turn.then(work, work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  private pull(abort: AbortSignal): Promise<void> {
    return this.inTurn(async () => {
      const announced = this.known;
      const pulled = this.pulling('revision', this.facts?.revision ?? 0);
      try {
        const count = await this.bringUpToDate(abort);
        pulled(this.facts?.revision ?? 0, count);
      } catch (error) {
        pulled(this.facts?.revision ?? 0, 0, error);
        if (!isGone(error)) throw error;
        this.forget('missing', problemOf(error));
      }
      // What was announced before was committed before: this pull had it, or it never was.
      if (this.known === announced) this.known = this.revision;
    });
  }

  private async bringUpToDate(abort: AbortSignal): Promise<number> {
    const wanted = { branch: this.chosen, pageSize: this.parts.settings.pageSize };
    const { facts, came } = await this.pullOrBeginAnew(wanted, abort);
    if (abort.aborted) return 0;
    this.facts = facts;
    this.status = 'ready';
    this.problem = undefined;
    this.outbox.settle(came, facts.tagged.context);
    this.followTexts();
    this.show();
    return came.length;
  }

  private async pullOrBeginAnew(wanted: Parameters<typeof pullFacts>[2], abort: AbortSignal) {
    try {
      return await pullFacts(this.pulls, this.facts, wanted, abort);
    } catch (error) {
      // The server was restored from a backup: what is known here never was (protocol 2.5).
      if (!(error instanceof PullcordError) || error.problem.code !== 'cursor_ahead') throw error;
      this.stopTexts(() => true);
      this.known = 0;
      return pullFacts(this.pulls, undefined, wanted, abort);
    }
  }

  /** Follows the chunks of all that streams on the branch, and of nothing else. */
  private followTexts(): void {
    const streaming = (this.loop ? (this.facts?.line.messages ?? []) : []).filter(
      ({ kind, status }) => kind === 'streaming_response' && status === 'streaming',
    );
    const ids = new Set(streaming.map(({ id }) => id));
    this.stopTexts((id) => !ids.has(id));
    for (const id of ids) {
      if (this.texts.has(id)) continue;
      const text = new ChunkSync(id, this.pulls, this.readerOf(), this.parts.patience);
      this.texts.set(id, text);
      text.want();
    }
    for (const { message_id, current_sequence } of this.facts?.tagged.context.streaming ?? [])
      this.texts.get(message_id)?.announce(current_sequence);
  }

  private stopTexts(isOver: (id: string) => boolean): void {
    for (const [id, text] of this.texts) {
      if (!isOver(id)) continue;
      text.stop();
      this.texts.delete(id);
    }
  }

  private readerOf() {
    const { routes, settings } = this.parts;
    const waitMs = (): number => (routes.isLive ? 0 : Math.min(holdMs, settings.requestTimeoutMs / 2));
    return {
      get waitMs() {
        return waitMs();
      },
      pulling: (messageId: string, from: number) => this.pulling('sequence', from, messageId),
      changed: () => this.show(),
      ended: () => this.loop?.want(),
      failed: (error: unknown) => this.fail(error),
    };
  }

  private fail(error: unknown): void {
    this.problem = problemOf(error);
    if (this.status === 'loading' || this.status === 'missing') this.status = 'failed';
    this.show();
  }

  private forget(status: ViewStatus, problem: Problem): void {
    this.facts = undefined;
    this.known = 0;
    this.status = status;
    this.problem = problem;
    this.stopTexts(() => true);
    this.show();
  }

  private pulling(cursor: 'revision' | 'sequence', from: number, messageId?: string) {
    const { activities } = this.parts;
    const pull = {
      pull: activities.nextPull(),
      contextId: this.id,
      cursor,
      from,
      ...(messageId && { messageId }),
    };
    const began = Date.now();
    activities.tell({ type: 'pull_started', at: began, ...pull });
    return (to: number, count: number, error?: unknown): void => {
      const at = Date.now();
      const problem = error === undefined ? undefined : problemOf(error);
      activities.tell({
        type: 'pull_ended',
        at,
        to,
        count,
        milliseconds: at - began,
        ...(problem && { problem }),
        ...pull,
      });
    };
  }

  private show(): void {
    const before = this.view.getView();
    const context = this.facts?.tagged.context;
    const line = this.facts?.line;
    const view: ContextView = {
      id: this.id,
      status: this.status,
      ...(this.problem && { problem: this.problem }),
      ...(context && { metadata: context }),
      allowedActions: same(before.allowedActions, context?.allowed_actions ?? []),
      branches: same(before.branches, context?.branches ?? []),
      ...(line && { branch: line.branch }),
      messages: this.messageViews.of(line, (id) => this.texts.get(id)?.streamed),
      hasOlder: line?.hasOlder ?? false,
      outgoing: same(before.outgoing, this.outbox.messages),
    };
    if (!isEqual(before, view)) this.view.set(view);
  }
}

/** There is no such context, or none for this caller; it may be there again one day. */
const isGone = (error: unknown): boolean =>
  error instanceof PullcordError && error.problem.code === 'context_not_found';

const same = <Value>(before: Value, next: Value): Value =>
  JSON.stringify(before) === JSON.stringify(next) ? before : next;

/** Whether every field is the very same. */
const isEqual = (a: ContextView, b: ContextView): boolean => {
  const fields = new Map<string, unknown>(Object.entries(a));
  const others = Object.entries(b);
  return others.length === fields.size && others.every(([name, value]) => fields.get(name) === value);
};
