import type { GatewayCall, Json } from '../codec.js';
import { lazyCall } from '../lazy-call.js';
import { WireField } from '../wire-field.js';
import { convertRequest } from './convert-request.js';
import { freeToolsOf } from './convert-tools.js';

/** A call in the dialect of Responses. */
export interface ResponsesCall extends GatewayCall {
  /** Whether the answer can be asked for again: unless the caller says no, as with OpenAI. */
  readonly isStored: boolean;
  /** Whether it is made while nobody listens. */
  readonly isBackground: boolean;
  readonly previous_response_id?: string;
  readonly conversation_id?: string;
  /** Whether something stands before it that it goes on with. */
  readonly isContinued: boolean;
  /** The tools that take free text. */
  readonly freeTools: ReadonlySet<unknown>;
  /** Whether what providers want back with their reasoning is shown. */
  readonly isReasoningSealed: boolean;
}

/** Throws `invalid_request`; what is wrong with its request, once that is asked for. */
export function convertCall(value: unknown): ResponsesCall {
  const body = new WireField(value);
  const kept = convertStorage(body);
  if (!body.at('input').isGiven && !kept.isContinued) throw body.at('input').wrong('must be given');
  checkMetadata(body.at('metadata'));
  const included = body.at('include').maybe((list) => list.list((one) => one.text())) ?? [];
  const call = {
    model: body.at('model').name(),
    isStreamed: body.at('stream').maybe((field) => field.flag()) ?? false,
    body: body.object(),
  };
  return Object.assign(
    lazyCall(call, () => convertRequest(body, kept.isContinued)),
    {
      ...kept,
      freeTools: freeToolsOf(call.body.tools),
      // A caller who has nothing stored here can bring reasoning back only if it was shown.
      isReasoningSealed: included.includes('reasoning.encrypted_content') || !kept.isStored,
    },
  );
}

function convertStorage(body: WireField) {
  const isStored = body.at('store').maybe((field) => field.flag()) ?? true;
  const isBackground = body.at('background').maybe((field) => field.flag()) ?? false;
  const previous = body.at('previous_response_id');
  const conversation = body.at('conversation');
  if (isBackground && !isStored) throw body.at('background').wrong('needs a response that is stored');
  if (previous.isGiven && conversation.isGiven)
    throw previous.wrong('cannot be given together with a conversation');
  return {
    isStored,
    isBackground,
    previous_response_id: previous.maybe((field) => field.name()),
    conversation_id: conversation.maybe((field) =>
      typeof field.value === 'string' ? field.name() : field.at('id').name(),
    ),
    isContinued: previous.isGiven || conversation.isGiven,
  };
}

/** Within the limits of OpenAI: 16 pairs, keys of 64 characters, texts of 512. */
export function checkMetadata(metadata: WireField): Json {
  const pairs = Object.entries(metadata.maybe((field) => field.object()) ?? {});
  if (pairs.length > 16) throw metadata.wrong('must have at most 16 keys');
  for (const [key, value] of pairs) {
    if (key.length > 64) throw metadata.wrong('must have keys of at most 64 characters');
    if (typeof value !== 'string' || value.length > 512)
      throw metadata.at(key).wrong('must be a string of at most 512 characters');
  }
  return Object.fromEntries(pairs);
}
