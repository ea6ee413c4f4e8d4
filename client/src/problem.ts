import type { Problem as ServerProblem } from './generated/types.gen.js';

/** A refusal by the server (RFC 9457); `network_error` is a request that did not get through, with `status` 0. */
export type Problem = Omit<ServerProblem, 'code'> & {
  readonly code: ServerProblem['code'] | 'network_error';
};

export class PullcordError extends Error {
  override readonly name = 'PullcordError';

  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}
