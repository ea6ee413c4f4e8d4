import { AISDKError, APICallError, UnsupportedFunctionalityError } from '@ai-sdk/provider';
import { ModelError, type ModelErrorCode, type ModelErrorFacts } from '../model-error.js';
import { readRetryAfter } from './retry-after.js';
import { safeText } from './safe-text.js';
import { AnswerCut } from './upstream-answer.js';

export interface ErrorScene {
  readonly provider: string;
  /** When it happened, for a Retry-After that is a date. */
  readonly now: number;
  /** Never to be repeated in a message. */
  readonly secrets: readonly string[];
}

/** What a provider may say in an error: an answer's body, or an event in the middle of a stream. */
interface Complaint {
  readonly text: string;
  readonly code: string | number | undefined;
  readonly type: string | undefined;
}

/** Whatever the AI SDK threw, or the answer broke off with, as a ModelError. Pure. */
export function convertError(error: unknown, scene: ErrorScene): ModelError {
  const ours = findCause(error, (cause) => cause instanceof ModelError);
  if (ours) return ours;
  if (APICallError.isInstance(error)) {
    if (error.statusCode === undefined) return notConnected(error, scene);
    return error.statusCode >= 300
      ? refused(error.statusCode, readBody(error.responseBody), error.responseHeaders, scene)
      : brokenOff(error, scene);
  }
  if (error instanceof AnswerCut) return brokenOff(error, scene);
  if (UnsupportedFunctionalityError.isInstance(error)) return notSupported(error, scene);
  return failed(error, scene);
}

/** An answer that is an error, by its status and its body. */
export const convertRefusal = (
  status: number,
  body: string,
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  scene: ErrorScene,
): ModelError => {
  const flat = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return refused(status, readBody(body), Object.fromEntries(flat), scene);
};

/** A request that nobody answered: the server was not reached, or was gone before it said anything. */
export const noAnswer = (error: unknown, scene: ErrorScene): ModelError =>
  findCause(error, (cause) => cause instanceof ModelError) ?? notConnected(error, scene);

/** An event that is no part of an answer: an error in one of the shapes that servers use, or nothing known; undefined: no JSON. */
export function convertEvent(value: unknown, scene: ErrorScene): ModelError {
  if (value === undefined) return garbage('an event that is not JSON', scene);
  const complaint = readComplaint(value);
  if (!complaint) return garbage('an event that is no part of an answer', scene);
  const status = statusOf(complaint);
  if (status >= 400 && status < 500) return refused(status, complaint, undefined, scene);
  const message = `The provider "${scene.provider}" reported an error${quote(complaint, scene)}`;
  return new ModelError(
    'upstream_error',
    message,
    status >= 500 && status < 600 ? { ...mayRetry, status } : mayRetry,
  );
}

/** An answer that stopped before it said why. */
export const unfinished = (scene: ErrorScene): ModelError => garbage('an answer without an end', scene);

const notConnected = (error: unknown, { provider }: ErrorScene): ModelError => {
  const cause = findCause(error, hasCode);
  const options = { cause };
  if (cause?.code === 'UND_ERR_CONNECT_TIMEOUT')
    return new ModelError(
      'connect_timeout',
      `Connecting to the provider "${provider}" took too long.`,
      mayRetry,
      options,
    );
  const why = cause ? ` (${cause.code})` : '';
  return new ModelError(
    'connect_failed',
    `The provider "${provider}" cannot be reached${why}.`,
    mayRetry,
    options,
  );
};

const brokenOff = (error: unknown, { provider }: ErrorScene): ModelError => {
  const message = `The provider "${provider}" broke off in the middle of its answer.`;
  return new ModelError('upstream_protocol', message, mayRetry, { cause: findCause(error, hasCode) });
};

/** What the API has no words for. */
const notSupported = ({ functionality }: UnsupportedFunctionalityError, scene: ErrorScene): ModelError => {
  const message = `The provider "${scene.provider}" takes no ${safeText(functionality, scene.secrets)}.`;
  return new ModelError('upstream_rejected', message, { retryable: false });
};

const garbage = (what: string, { provider }: ErrorScene): ModelError =>
  new ModelError('upstream_protocol', `The provider "${provider}" sent ${what}.`, mayRetry);

/** An error of nobody's making but ours; the SDK's own may hold the prompt and are not kept. */
const failed = (error: unknown, { provider }: ErrorScene): ModelError => {
  const options = AISDKError.isInstance(error) ? {} : { cause: error };
  const message = `The call to the provider "${provider}" failed.`;
  return new ModelError('upstream_protocol', message, { retryable: false }, options);
};

function refused(
  status: number,
  complaint: Complaint | undefined,
  headers: Readonly<Record<string, string>> | undefined,
  scene: ErrorScene,
): ModelError {
  const { code, verb, isQuoted } = readStatus(status);
  const said = isQuoted ? quote(complaint, scene) : '.';
  const facts: ModelErrorFacts = {
    retryable: isWorthRetrying(status) && complaint?.code !== 'insufficient_quota',
    retry_after_ms: readRetryAfter(headers, scene.now),
    status,
  };
  return new ModelError(code, `The provider "${scene.provider}" ${verb} (${status})${said}`, facts);
}

function readStatus(status: number): { code: ModelErrorCode; verb: string; isQuoted: boolean } {
  if (status === 429) return { code: 'rate_limited', verb: 'is limiting requests', isQuoted: true };
  if (status >= 500) return { code: 'upstream_error', verb: 'failed', isQuoted: true };
  if (status < 400) return { code: 'upstream_rejected', verb: 'answered with a redirect', isQuoted: false };
  // What a provider says about a key tends to quote it.
  if (status === 401 || status === 403)
    return { code: 'upstream_rejected', verb: 'refused the API key', isQuoted: false };
  return { code: 'upstream_rejected', verb: 'refused the request', isQuoted: true };
}

const mayRetry: ModelErrorFacts = { retryable: true };

/** Request Timeout, Conflict (a lock), Too Early, Too Many Requests, and what is the server's own fault. */
const isWorthRetrying = (status: number): boolean => [408, 409, 425, 429].includes(status) || status >= 500;

const quote = (complaint: Complaint | undefined, { secrets }: ErrorScene): string => {
  const text = safeText(complaint?.text ?? '', secrets);
  return text === '' ? '.' : `: ${text}`;
};

function readBody(body: string | undefined): Complaint | undefined {
  try {
    return readComplaint(JSON.parse(body ?? ''));
  } catch {
    // A proxy's HTML page, most likely: nothing in it is worth showing.
    return undefined;
  }
}

/**
 * `{error: {message, code, type}}` (OpenAI, Anthropic and most), `{error: "…"}` (Ollama), `{message}`, `{detail: "…"}`
 * (FastAPI); in a stream of Responses also `{response: {error}}` and `{type: "error", code, message}`.
 */
function readComplaint(value: unknown): Complaint | undefined {
  if (!isRecord(value)) return undefined;
  const within = isRecord(value['response']) ? value['response'] : value;
  const error = isRecord(within['error']) ? within['error'] : value;
  const text = [error['message'], error['error'], error['detail']].find((said) => typeof said === 'string');
  const isFailure = value['type'] === 'error' || value['type'] === 'response.failed';
  if (typeof text !== 'string' && !isFailure) return undefined;
  const { code, type } = error;
  return {
    text: typeof text === 'string' ? text : '',
    code: typeof code === 'string' || typeof code === 'number' ? code : undefined,
    type: typeof type === 'string' ? type : undefined,
  };
}

/** NaN where nothing tells. */
const statusOf = ({ code, type }: Complaint): number => {
  const told = Number(code ?? Number.NaN);
  return Number.isNaN(told) ? (statuses.get(String(code)) ?? statuses.get(type ?? '') ?? Number.NaN) : told;
};

/** What an error in a stream is called, and the status that it would have had before. A map: no `constructor` in it. */
const statuses: ReadonlyMap<string, number> = new Map([
  ['invalid_request_error', 400],
  ['invalid_prompt', 400],
  ['context_length_exceeded', 400],
  ['authentication_error', 401],
  ['permission_error', 403],
  ['not_found_error', 404],
  ['request_too_large', 413],
  ['rate_limit_error', 429],
  ['rate_limit_exceeded', 429],
  ['insufficient_quota', 429],
  ['api_error', 500],
  ['server_error', 500],
  ['timeout_error', 504],
  ['overloaded_error', 529],
]);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const hasCode = (error: Error): error is NodeJS.ErrnoException & { code: string } =>
  'code' in error && typeof error.code === 'string';

/** The first of an error and its causes that fits. */
function findCause<Found extends Error>(
  error: unknown,
  fits: (error: Error) => error is Found,
): Found | undefined {
  let current = error;
  for (let depth = 0; depth < 10 && current instanceof Error; depth += 1) {
    if (fits(current)) return current;
    current =
      current instanceof AggregateError && current.cause === undefined ? current.errors[0] : current.cause;
  }
  return undefined;
}
