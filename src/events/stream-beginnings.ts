import { Injectable } from '@nestjs/common';
import type { Owner } from '../kernel/ids.js';
import type { Signal } from './signals.js';

/** Reads what a stream of everything that is an owner's is to begin with, beside the snapshots of contexts. */
export type Beginning = (owner: Owner) => Promise<readonly Signal[]>;

/** What rooms have to say at the beginning of such a stream; they come here by themselves, as the streams know nobody. */
@Injectable()
export class StreamBeginnings {
  private readonly beginnings: Beginning[] = [];

  /** To be called while the modules are made. */
  add(beginning: Beginning): void {
    this.beginnings.push(beginning);
  }

  async of(owner: Owner): Promise<readonly Signal[]> {
    return (await Promise.all(this.beginnings.map((beginning) => beginning(owner)))).flat();
  }
}
