import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Storage } from './storage.js';

const everyMs = 3_600_000;

/** Forgets old idempotency keys at the start and every hour. */
@Injectable()
export class KeySweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('storage');
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly storage: Storage) {}

  onApplicationBootstrap(): void {
    this.sweep();
    this.timer = setInterval(() => this.sweep(), everyMs).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private sweep(): void {
    this.storage
      .forgetOldKeys()
      .catch((error: unknown) => this.logger.warn({ err: error, msg: 'sweep failed' }));
  }
}
