import { flag, longest, wholeNumber } from '../kinds.js';
import { Setting } from '../setting.js';

/** Programs that speak OpenAI's or Anthropic's dialects. */
export class GatewaySettings {
  @Setting(
    {
      env: 'PULLCORD_GATEWAY_MAX_CALLS',
      file: 'gateway.max_calls',
      about: 'Calls of other programs that may be under way at once; past it, 429.',
    },
    wholeNumber(1, 1_000_000),
  )
  readonly gatewayMaxCalls: number = 1000;

  @Setting(
    {
      env: 'PULLCORD_GATEWAY_BODY_BYTES',
      file: 'gateway.body_bytes',
      about: 'The largest body of such a call: it holds its whole conversation, images included.',
    },
    wholeNumber(1024, 1_073_741_824),
  )
  readonly gatewayBodyBytes: number = 33_554_432;

  @Setting(
    {
      env: 'PULLCORD_GATEWAY_KEEP_ALIVE_MS',
      file: 'gateway.keep_alive_ms',
      about: 'How long such an answer may be silent before a sign of life is written into it.',
    },
    wholeNumber(10, longest),
  )
  readonly gatewayKeepAliveMs: number = 15_000;

  @Setting(
    {
      env: 'PULLCORD_GATEWAY_STALL_MS',
      file: 'gateway.stall_ms',
      about: 'How long such an answer may stay unread before its reader is given up.',
    },
    wholeNumber(10, longest),
  )
  readonly gatewayStallMs: number = 60_000;

  @Setting(
    {
      env: 'PULLCORD_SHOW_TOKENS',
      file: 'gateway.show_tokens',
      about: 'Whether `GET /token` shows every caller the whole keys of providers, and not just their ends.',
    },
    flag,
  )
  readonly showTokens: boolean = false;
}
