import { Logger } from '@nestjs/common';
import type { ListedModel, ModelProvider } from './model-provider.js';

export interface ListLimits {
  /** How long a list is good for. */
  readonly ttlMs: number;
  /** How long asking for one may take, and how long whoever wants the first one waits for it. */
  readonly timeoutMs: number;
  /** What a server lists after so many models is left out. */
  readonly maxModels: number;
}

/** A server that did not answer is not asked again sooner than this, nor sooner than a list would be old. */
const pauseMs = 30_000;

interface Entry {
  readonly models: readonly ListedModel[] | undefined;
  readonly goodUntil: number;
}

/**
 * What the providers' servers list. Invariants: nobody is asked before somebody wants to know, and each server once at a
 * time, whoever wants to know; a list that is old is given while a newer one is fetched, and stays when that fails; after
 * `close` nothing is under way.
 */
export class ModelLists {
  private readonly logger = new Logger('providers');
  private readonly entries = new Map<string, Entry>();
  private readonly asking = new Map<string, Promise<void>>();
  private readonly closing = new AbortController();

  constructor(
    private readonly limits: ListLimits,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The list as it is known by now, without asking; undefined while there was none. */
  known(provider: string): readonly ListedModel[] | undefined {
    return this.entries.get(provider)?.models;
  }

  /** Asks every server whose list is old. Waits for those that have never answered, but never throws. */
  async refresh(providers: readonly ModelProvider[]): Promise<void> {
    const first = providers.flatMap((provider) => {
      const asked = this.ask(provider);
      return asked && this.known(provider.name) === undefined ? [asked] : [];
    });
    await Promise.all(first);
  }

  close(): void {
    this.closing.abort(new Error('The server is shutting down.'));
  }

  private ask(provider: ModelProvider): Promise<void> | undefined {
    const { name } = provider;
    const entry = this.entries.get(name);
    if (!provider.list || this.closing.signal.aborted || (entry && this.now() < entry.goodUntil))
      return undefined;
    const asking = this.asking.get(name) ?? this.fetch(provider).finally(() => this.asking.delete(name));
    this.asking.set(name, asking);
    return asking;
  }

  private async fetch(provider: ModelProvider): Promise<void> {
    const { name } = provider;
    const late = new AbortController();
    const stop = (): void => late.abort(this.closing.signal.reason);
    const timer = setTimeout(() => late.abort(new Error('It took too long.')), this.limits.timeoutMs);
    this.closing.signal.addEventListener('abort', stop, { once: true });
    try {
      const models = (await provider.list?.(late.signal)) ?? [];
      const kept = models.slice(0, this.limits.maxModels);
      if (kept.length < models.length)
        this.logger.warn(`The provider "${name}" lists ${models.length} models; ${kept.length} are kept.`);
      this.entries.set(name, { models: kept, goodUntil: this.now() + this.limits.ttlMs });
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'for no reason';
      if (!this.closing.signal.aborted)
        this.logger.warn(`The provider "${name}" did not list its models: ${reason}`);
      const goodUntil = this.now() + Math.min(pauseMs, this.limits.ttlMs);
      this.entries.set(name, { models: this.known(name), goodUntil });
    } finally {
      clearTimeout(timer);
      this.closing.signal.removeEventListener('abort', stop);
    }
  }
}
