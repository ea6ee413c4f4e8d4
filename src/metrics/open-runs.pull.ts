import { Injectable } from '@nestjs/common';
import { Storage } from '../storage/storage.js';
import { mostRuns } from './map-to-gauges.js';

/** How many runs are not over, by their status; of all nodes that share the database. */
@Injectable()
export class OpenRunsPull {
  constructor(private readonly storage: Storage) {}

  /** Of one status, and at most `mostRuns`. */
  async count(status: string): Promise<number> {
    const sql = `SELECT count(*) AS n FROM (SELECT 1 AS one FROM runs WHERE status = ? LIMIT ?) AS counted`;
    return Number((await this.storage.reads.get<{ n: number }>(sql, status, mostRuns))?.n ?? 0);
  }
}
