import type { ModelRequest } from '../../providers/language-model.js';
import type { GatewayCall } from './codec.js';

/**
 * A call whose request is read when somebody asks for it, once: a provider of the same dialect is sent the body as it is,
 * and then whatever this server does not know of in it is none of its business.
 */
export function lazyCall(call: Omit<GatewayCall, 'request'>, readRequest: () => ModelRequest): GatewayCall {
  let request: ModelRequest | undefined;
  return {
    ...call,
    get request() {
      return (request ??= readRequest());
    },
  };
}
