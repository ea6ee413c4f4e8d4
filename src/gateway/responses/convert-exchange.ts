import type { Exchange, ExchangeFailure } from '../../exchanges/exchange-kinds.js';
import { problems } from '../../http/problems.js';
import { DomainError, type ErrorCode } from '../../kernel/domain-error.js';
import { ModelError, type ModelErrorCode } from '../../providers/model-error.js';
import { convertFailure } from '../convert-failure.js';
import type { GatewayFailure } from '../dialects/gateway-failure.js';
import { AnswerEvents, type NumberedEvent } from '../dialects/responses/answer-events.js';
import { convertCall, type ResponsesCall } from '../dialects/responses/convert-call.js';

/** The call behind an exchange, as far as its answer tells of it: without its input, which is in the conversation. */
export const callOf = ({ model, raw }: Exchange): ResponsesCall => convertCall({ ...raw, model, input: [] });

/** The events of an exchange, none of which was written yet. Always the same for the same exchange. */
export function eventsOf({ id, model, created_at }: Exchange, call: ResponsesCall): AnswerEvents {
  return new AnswerEvents(call, { id: id.replaceAll('-', ''), model, created_at, input_tokens: 0 });
}

/** The last event of an answer that has no end of its own. */
export const endBy = (events: AnswerEvents, failure: ExchangeFailure): readonly NumberedEvent[] =>
  failure.code === 'cancelled' ? events.cancel() : events.fail(convertExchangeFailure(failure));

/** Why an exchange failed, as it would have been said of a call that is not stored. */
export function convertExchangeFailure({ code, message, retryable }: ExchangeFailure): GatewayFailure {
  const error =
    code in problems
      ? new DomainError(code as ErrorCode, message)
      : new ModelError(code as ModelErrorCode, message, { retryable });
  // The server itself stopped.
  return convertFailure(error) ?? { status: 500, code, message };
}
