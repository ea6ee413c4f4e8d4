import { Injectable } from '@nestjs/common';
import { newId } from '../kernel/ids.js';

/** Names this process in the leases of its runs; new with every start, so that no process is taken for its predecessor. */
@Injectable()
export class NodeId {
  readonly id: string = newId();
}
