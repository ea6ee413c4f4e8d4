import type { Candidate } from './candidate.js';
import type { LanguageModel, ModelPart, ModelRequest, SkippedModel } from './language-model.js';
import { ModelError } from './model-error.js';
import { canTake, isSkippable } from './skip-policy.js';

type Candidates = readonly [Candidate, ...Candidate[]];

/**
 * The first of these models; while it fails before its first part, the next that can take the request. Who answers and
 * who was skipped comes first then, as a `route` part. When none answers, it fails as the first did.
 */
export const withFallbacks = (candidates: Candidates): LanguageModel => ({
  id: candidates[0].id,
  stream: (request, abort) => stream(candidates, request, abort),
});

async function* stream(
  [first, ...fallbacks]: Candidates,
  request: ModelRequest,
  abort: AbortSignal,
): AsyncGenerator<ModelPart> {
  const skipped: SkippedModel[] = [];
  let failure: unknown;
  const able = fallbacks.filter(({ facts }) => canTake(facts, request));
  for (const candidate of [first, ...able]) {
    const asked = candidate === first ? request : within(request, candidate);
    const parts = candidate.model.stream(asked, abort)[Symbol.asyncIterator]();
    try {
      let next: IteratorResult<ModelPart>;
      try {
        next = await parts.next();
      } catch (error) {
        failure ??= error;
        if (abort.aborted) throw error;
        if (!isSkippable(error) || !(error instanceof ModelError)) throw failure;
        skipped.push({ model: candidate.id, code: error.code, message: error.message });
        continue;
      }
      if (skipped.length > 0) yield { type: 'route', model: candidate.id, skipped };
      while (!next.done) {
        yield next.value;
        next = await parts.next();
      }
      return;
    } finally {
      await parts.return?.();
    }
  }
  throw failure;
}

/** What was asked of a larger model may be more than a smaller one answers with. */
export function within(request: ModelRequest, { facts }: Pick<Candidate, 'facts'>): ModelRequest {
  const { max_tokens } = request.parameters;
  if (max_tokens === undefined || max_tokens <= facts.max_output_tokens) return request;
  return { ...request, parameters: { ...request.parameters, max_tokens: facts.max_output_tokens } };
}
