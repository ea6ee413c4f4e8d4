import { Controller, Get, Header } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { providersOf } from '../../config/providers-of.js';
import { Settings } from '../../config/settings.js';
import { Operation, Tag } from '../../http/operation.js';
import { Caller } from '../../http/params.js';
import type { Owner } from '../../kernel/ids.js';
import { redacted, TokenView } from './token-view.js';

/** For whoever asks why a provider refuses: which key it was shown. */
@Tag('models')
@Controller(['token', 'v1/token'])
export class TokenController {
  constructor(private readonly settings: Settings) {}

  @Get()
  @RouteConfig({ takesApiKey: true })
  @Header('cache-control', 'no-store')
  @Operation({
    id: 'getToken',
    summary: 'See who you are, and the keys of providers',
    about:
      'Keys are shown without most of them unless `PULLCORD_SHOW_TOKENS` is set. Copilot’s changes by itself and is never shown.',
    answer: { status: 200, about: 'The caller, and the providers.', type: TokenView },
  })
  get(@Caller() owner: Owner): TokenView {
    const { showTokens } = this.settings;
    const shown = (key: string): string => (showTokens ? key : redacted(key));
    const providers = Object.entries(providersOf(this.settings)).map(([provider, set]) => ({
      provider,
      type: set.type,
      token: 'api_key' in set && set.api_key !== undefined ? shown(set.api_key) : null,
    }));
    return { owner, is_redacted: !showTokens, providers };
  }
}
