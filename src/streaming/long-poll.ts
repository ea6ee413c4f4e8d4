import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import type { Announcement } from '../events/announcement.js';
import { SignalBus } from '../events/signal-bus.js';
import { DomainError } from '../kernel/domain-error.js';
import type { ContextId, MessageId } from '../kernel/ids.js';
import type { ChunkPage } from './chunks.pull.js';

export interface Wait {
  readonly contextId: ContextId;
  readonly messageId: MessageId;
  readonly waitMs: number;
  /** Aborted when the client has gone. Asked for only when the pull is held. */
  readonly abort: () => AbortSignal;
}

/**
 * Holds a pull until there is something newer. Each holds one subscription and one timer; both are gone when it
 * ends, whichever way it ends. Past the limit of held pulls the answer is 429. Once the server is about to close, none
 * is held any more.
 */
@Injectable()
export class LongPoll implements BeforeApplicationShutdown {
  private readonly held = new Set<() => void>();
  private isEnding = false;

  constructor(
    private readonly bus: SignalBus,
    private readonly settings: Settings,
  ) {}

  /** Pulls that are held now. */
  get count(): number {
    return this.held.size;
  }

  /** The first page that `read` finds with chunks or with the message final; after `waitMs`, whatever it finds then. */
  async hold(wait: Wait, read: () => Promise<ChunkPage>): Promise<ChunkPage> {
    if (wait.waitMs === 0 || this.isEnding) return read();
    if (this.held.size >= this.settings.longPollMax)
      throw new DomainError('too_many_requests', 'Too many pulls are being held; pull without wait_ms.');
    const abort = wait.abort();
    let isWoken: boolean;
    let isOver = false;
    let goOn = (): void => undefined;
    const wake = (): void => {
      isWoken = true;
      goOn();
    };
    const end = (): void => {
      isOver = true;
      wake();
    };
    this.held.add(end);
    // Subscribed first, read second: what commits in between is in the page, in a signal, or in both.
    const unsubscribe = this.bus.subscribeContext(wait.contextId, (announcement) => {
      if (concerns(announcement, wait.messageId)) wake();
    });
    const timer = setTimeout(end, wait.waitMs);
    abort.addEventListener('abort', end, { once: true });
    // Gone before anybody listened: no event will come.
    if (abort.aborted) end();
    try {
      for (;;) {
        isWoken = false;
        const page = await read();
        // A signal that was held back a while may announce what the client has already.
        if (page.count > 0 || page.status !== 'streaming' || isOver) return page;
        if (!isWoken) await new Promise<void>((resolve) => (goOn = resolve));
      }
    } finally {
      this.held.delete(end);
      unsubscribe();
      clearTimeout(timer);
      abort.removeEventListener('abort', end);
    }
  }

  /** After the runs have ended: whoever still waits for one is told what there is. */
  beforeApplicationShutdown(): void {
    this.isEnding = true;
    for (const end of this.held) end();
  }
}

function concerns({ signal }: Announcement, messageId: MessageId): boolean {
  if (signal.type === 'context_deleted') return true;
  return 'message_id' in signal && signal.message_id === messageId;
}
