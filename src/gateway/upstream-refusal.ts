import { ModelError, type ModelErrorCode } from '../providers/model-error.js';
import type { RelayAnswer } from '../providers/relay.js';
import { readAtMost } from '../providers/upstream/read-at-most.js';
import { readRetryAfter } from '../providers/upstream/retry-after.js';
import type { Json } from './dialects/codec.js';

/** More than this of a refusal's body is not read. */
const maxBytes = 65_536;

/** Refusals that are about this server's key: what they say is nobody else's business. */
const aboutKeys = [401, 403, 407];

/** A provider's server has answered a relayed call with another status than a success. */
export class UpstreamRefusal extends ModelError {
  private constructor(
    code: ModelErrorCode,
    message: string,
    facts: { readonly retryable: boolean; readonly retry_after_ms?: number; readonly status: number },
    /** In the caller's own dialect, as it came; undefined where it must not be passed on, or is none. */
    readonly body: Json | undefined,
  ) {
    super(code, message, facts);
  }

  /** Reads the refusal. Throws what reading it throws. */
  static async read(answer: RelayAnswer, provider: string, now: number): Promise<UpstreamRefusal> {
    const { status, headers } = answer;
    const text = answer.hide((await readAtMost(answer.body, maxBytes)).toString());
    const flat = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    const facts = { retryable: status === 429 || status >= 500, status };
    const retry_after_ms = readRetryAfter(flat, now);
    return new UpstreamRefusal(
      codeOf(status),
      `The provider "${provider}" refused the request (${status}).`,
      { ...facts, ...(retry_after_ms !== undefined && { retry_after_ms }) },
      status < 400 || aboutKeys.includes(status) ? undefined : errorOf(text),
    );
  }
}

function codeOf(status: number): ModelErrorCode {
  if (status === 429) return 'rate_limited';
  return status >= 500 ? 'upstream_error' : 'upstream_rejected';
}

/** Both vendors have an object by that name; anything else is a proxy's page. */
function errorOf(text: string): Json | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && 'error' in body ? { ...body } : undefined;
  } catch {
    return undefined;
  }
}
