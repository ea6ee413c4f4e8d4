import type { GatewayFailure } from '../gateway-failure.js';
import { typedFrame } from '../sse-format.js';

/** Ends a stream that somebody else has begun: there is no response here to say that it has failed. Pure. */
export const errorEvent = ({ code, message, path }: GatewayFailure, sequence_number: number): string =>
  typedFrame({ type: 'error', code, message, param: path ?? null, sequence_number });
