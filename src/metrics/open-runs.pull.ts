import { Injectable } from '@nestjs/common';
import { Storage } from '../storage/storage.js';

/** Rows that one look counts of each status: a scrape must not become a long read. */
const mostCounted = 10_000;

/** How many runs are not over, by their status; of all nodes that share the database. */
@Injectable()
export class OpenRunsPull {
  constructor(private readonly storage: Storage) {}

  async count(status: string): Promise<number> {
    const sql = `SELECT count(*) AS n FROM (SELECT 1 AS one FROM runs WHERE status = ? LIMIT ?) AS counted`;
    return Number((await this.storage.reads.get<{ n: number }>(sql, status, mostCounted))?.n ?? 0);
  }
}
