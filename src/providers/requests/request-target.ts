import type { Dialect } from '../language-model.js';

/** Whom a request is made for. */
export interface RequestTarget {
  readonly dialect: Dialect;
  /** The model by the name that its maker gave it, which tells what it takes. */
  readonly model: string;
  /** Whether it can be told how hard to think; undefined where nobody knows. */
  readonly reasons?: boolean;
}
