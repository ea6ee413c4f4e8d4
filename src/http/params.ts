import { createHash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, type ErrorCode } from '../kernel/domain-error.js';
import { isId, mainBranch, type ContextId } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import { ownerOf } from './access.guard.js';
import { bytesOf } from './json-body.js';

const requestOf = (context: ExecutionContext): FastifyRequest =>
  context.switchToHttp().getRequest<FastifyRequest>();

/** The owner that the request's token names. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext) =>
  ownerOf(requestOf(context)),
);

/** A path parameter that is an id. Text that no id can be names nothing, so the answer is the same 404. */
function pathId(request: FastifyRequest, name: string, code: ErrorCode): string {
  const id = (request.params as Record<string, string>)[name];
  if (isId(id)) return id;
  throw new DomainError(code, `The ${name.replace('_', ' ')} in the address is not an id.`);
}

const PathId = (name: string, code: ErrorCode) =>
  createParamDecorator((_: unknown, context: ExecutionContext) => pathId(requestOf(context), name, code));

export const PathContextId = PathId('context_id', 'context_not_found');
export const PathExecutionId = PathId('execution_id', 'workflow_execution_not_found');
export const PathMessageId = PathId('message_id', 'message_not_found');
export const PathSystemPromptId = PathId('system_prompt_id', 'system_prompt_not_found');
export const PathModelCallId = PathId('model_call_id', 'model_call_not_found');
export const PathAttachmentId = PathId('attachment_id', 'attachment_not_found');

/** A branch is named by its id, and the first one of a context by a word. */
export const PathBranchId = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const request = requestOf(context);
  const isMain = (request.params as Record<string, string>)['branch_id'] === mainBranch;
  return isMain ? mainBranch : pathId(request, 'branch_id', 'branch_not_found');
});

/**
 * For the route that is asked most: Nest runs its pipes over every parameter with a decorator of ours, which takes a
 * promise each and together a tenth of a small pull. It takes the request and asks here.
 */
export const contextIdOf = (request: FastifyRequest): ContextId =>
  pathId(request, 'context_id', 'context_not_found') as ContextId;

/** A path parameter that is a name. */
export const PathName = createParamDecorator(
  (name: string, context: ExecutionContext): string =>
    (requestOf(context).params as Record<string, string>)[name] ?? '',
);

/** What makes a repeat of this request recognizable; undefined without an `Idempotency-Key` header. */
export const IdempotencyKey = createParamDecorator(
  (_: unknown, context: ExecutionContext): RequestKey | undefined => {
    const request = requestOf(context);
    const key = request.headers['idempotency-key'];
    if (key === undefined) return undefined;
    if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
      const message = 'must be 1 to 255 visible ASCII characters';
      throw new DomainError('invalid_request', `Idempotency-Key ${message}.`, {
        errors: [{ path: 'Idempotency-Key', message }],
      });
    }
    // The bytes, not what they were parsed to: JSON of any depth has bytes, but it cannot all be written again.
    const said = createHash('sha256').update(`${request.method} ${request.url}\n`).update(bytesOf(request));
    return { owner: ownerOf(request), key, fingerprint: said.digest('hex') };
  },
);

/** Aborted once the client has gone. On the response: the request's `close` came with the end of its body. */
export function clientGone({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  // With a reason of its own: every answer ends in a 'close', and a DOMException for each is not cheap.
  if (raw.destroyed) gone.abort(hasGone);
  else raw.on('close', () => gone.abort(hasGone));
  return gone.signal;
}

const hasGone = new Error('The client has gone.');
