import type { Problem as ServerProblem } from './generated/types.gen.js';

/**
 * A refusal by the server (RFC 9457). `network_error` is a request that did not get through, with `status` 0, or one that
 * somebody else answered, a proxy for instance, with the status of that answer.
 */
export type Problem = Omit<ServerProblem, 'code'> & {
  readonly code: ServerProblem['code'] | 'network_error';
};

export class PullcordError extends Error {
  override readonly name = 'PullcordError';

  constructor(
    readonly problem: Problem,
    /** How long the server asks to wait before the same is asked again; 0 when it does not. */
    readonly retryAfterMs = 0,
  ) {
    super(problem.detail);
  }
}

export const networkProblem = (detail: string, status = 0): Problem => ({
  type: '/problems/network_error',
  title: 'The server could not be reached',
  status,
  detail,
  instance: '',
  code: 'network_error',
});

/** What kept a request from its answer. */
export const problemOf = (error: unknown): Problem =>
  error instanceof PullcordError
    ? error.problem
    : networkProblem(error instanceof Error ? error.message : String(error));

/** The problem in an answer that is a refusal; never throws. */
export async function readProblem(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => undefined);
  return isProblem(body) ? body : networkProblem(`The answer was ${response.status}.`, response.status);
}

export const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'code' in body && 'detail' in body && 'status' in body;
