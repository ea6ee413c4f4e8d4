import { basename } from 'node:path';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { Clock } from '../kernel/clock.js';
import { Storage } from '../storage/storage.js';
import { AttachmentStore } from './attachment.store.js';
import { AttachmentsPull } from './attachments.pull.js';
import { AttachmentsService } from './attachments.service.js';
import { AttachmentFolder, isIncoming } from './files/attachment-folder.js';

/** Attachments in one unit. */
const batch = 100;
/** Beside twice the time of a request: how long a file may wait for the commit that gives it to somebody. */
const commitMs = 60_000;

/**
 * Removes attachments that nothing has referred to for a while, at the start and every now and then; at the start also
 * files of nobody, which a crash left between the file and its row. Nodes may do so at once: a row is removed by one of
 * them, and a file by whoever has removed its row.
 */
@Injectable()
export class AttachmentSweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('attachments');
  private readonly ending = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly storage: Storage,
    private readonly attachments: AttachmentStore,
    private readonly pull: AttachmentsPull,
    private readonly service: AttachmentsService,
    private readonly folder: AttachmentFolder,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.begin(() => this.removeStrays());
    this.begin(() => this.sweep());
    this.timer = setInterval(() => this.begin(() => this.sweep()), this.settings.attachmentSweepMs).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.ending.abort();
    await this.sweeping;
  }

  private begin(work: () => Promise<void>): void {
    this.sweeping = this.sweeping
      .then(() => (this.ending.signal.aborted ? undefined : work()))
      .catch((error: unknown) => this.logger.warn({ err: error, msg: 'sweep failed' }));
  }

  private async sweep(): Promise<void> {
    for (let more = true; more && !this.ending.signal.aborted;) {
      const before = this.clock.now() - this.settings.attachmentGraceMs;
      const { count, paths } = await this.storage.commit('sweep_attachments', (tx) =>
        this.attachments.removeUnreferenced(tx, before, batch),
      );
      for (const path of paths) await this.service.removeFile(path);
      more = count === batch;
    }
  }

  /** A younger file may be on its way in: through this node or through another that shares the folder. */
  private async removeStrays(): Promise<void> {
    const before = this.clock.now() - 2 * this.settings.requestTimeoutMs - commitMs;
    let count = 0;
    for await (const path of this.folder.olderThan(before)) {
      if (this.ending.signal.aborted) return;
      const [sha256 = ''] = basename(path).split('-', 1);
      if (!isIncoming(path) && (await this.pull.hasFile(sha256, path))) continue;
      await this.service.removeFile(path);
      count += 1;
    }
    if (count > 0) this.logger.log({ msg: 'files of nobody were removed', count });
  }
}
