import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { ContextId, Owner } from '../../kernel/ids.js';
import type { Snapshot } from '../../storage/snapshot.js';
import { Storage } from '../../storage/storage.js';
import { exportText, type ExportQuery } from './export-text.js';

/** Opens exports. Each reads one moment of the database, page by page as its client takes them. */
@Injectable()
export class ExportService {
  private underWay = 0;

  constructor(
    private readonly storage: Storage,
    private readonly settings: Settings,
  ) {}

  /** `too_many_requests` past the limit of exports. What is wrong with the request is said before anything is sent. */
  async open(id: ContextId, owner: Owner, query: ExportQuery): Promise<Readable> {
    if (this.underWay >= this.settings.maxExports)
      throw new DomainError(
        'too_many_requests',
        'Other exports are under way; try again when they are done.',
      );
    this.underWay++;
    try {
      const snapshot = await this.storage.snapshot();
      return await this.stream(snapshot, id, owner, query).catch(async (error: unknown) => {
        await snapshot.close();
        throw error;
      });
    } catch (error) {
      this.underWay--;
      throw error;
    }
  }

  private async stream(
    snapshot: Snapshot,
    id: ContextId,
    owner: Owner,
    query: ExportQuery,
  ): Promise<Readable> {
    const stream = Readable.from(await exportText(snapshot.reads, id, owner, query), { objectMode: false });
    const slow = setTimeout(() => stream.destroy(), this.settings.exportTimeoutMs).unref();
    // However it ends, and also when nobody ever read of it.
    stream.once('close', () => {
      clearTimeout(slow);
      this.underWay--;
      void snapshot.close();
    });
    return stream;
  }
}
