import type { ModelFacts } from '../config/model-table.js';
import type { ModelRequest } from './language-model.js';
import { ModelError, type ModelErrorCode } from './model-error.js';

/** The server is not well, or not there: what opens its circuit when it happens again and again. */
const outages: readonly ModelErrorCode[] = [
  'connect_failed',
  'connect_timeout',
  'first_chunk_timeout',
  'upstream_error',
  'upstream_protocol',
];

/** What another provider would not fail for. */
const passing: readonly ModelErrorCode[] = [...outages, 'rate_limited', 'circuit_open', 'provider_busy'];

/** Not the request's fault: a key, a balance, a model that is not there, a server that would rather not. */
const skippableStatuses = [401, 402, 403, 404, 408, 409, 425, 429];

/** Whether a failure before the first part says that the provider is out of order. Pure. */
export const isOutage = (error: unknown): boolean =>
  error instanceof ModelError && outages.includes(error.code);

/** Whether an answer of this status says so. Pure. */
export const isOutageStatus = (status: number): boolean => status >= 500;

/** Whether the next model may answer instead, after a failure before the first part. Pure. */
export const isSkippable = (error: unknown): boolean =>
  error instanceof ModelError &&
  (passing.includes(error.code) || (error.status !== undefined && isSkippableStatus(error.status)));

/** Whether the next model may answer instead of one whose server answered with this status. Pure. */
export const isSkippableStatus = (status: number): boolean =>
  status >= 500 || skippableStatuses.includes(status);

/** Whether a model can take this request at all. Pure. */
export function canTake(
  { vision, tools }: Pick<ModelFacts, 'vision' | 'tools'>,
  request: ModelRequest,
): boolean {
  return (tools || request.tools.length === 0) && (vision || !hasImages(request));
}

const hasImages = ({ messages }: ModelRequest): boolean =>
  messages.some((message) => {
    const parts = 'parts' in message ? (message.parts ?? []) : [];
    return parts.some(({ type }) => type === 'image');
  });
