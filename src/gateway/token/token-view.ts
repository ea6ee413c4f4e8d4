import { Choice, Component, Flag, NestedList, Text } from '../../http/fields.js';
import { providerTypes, type ProviderType } from '../../config/provider-table.js';

/** A token that is shorter has too little left to hide when its end is shown. */
const longEnough = 20;

@Component({ name: 'ProviderToken', about: 'What a provider is shown.' })
export class ProviderTokenView {
  @Text({ about: 'The provider.', max: 64, example: 'openai' }) readonly provider!: string;
  @Choice({ about: 'Its type.', values: providerTypes }) readonly type!: ProviderType;
  @Text({
    about:
      'Its key, without most of it unless the operator lets it be shown; null where it has none that is set.',
    max: 10_000,
    nullable: true,
    example: '…wxyz',
  })
  readonly token!: string | null;
}

@Component({ name: 'Token', about: 'Who the caller is, and with which keys its calls go out.' })
export class TokenView {
  @Text({ about: 'The caller.', max: 64, example: 'local' }) readonly owner!: string;
  @Flag({ about: 'True where the keys are shown without most of them.' }) readonly is_redacted!: boolean;
  @NestedList(() => ProviderTokenView, { about: 'One for each provider that is set up.', maxItems: 1000 })
  readonly providers!: readonly ProviderTokenView[];
}

/** As much of a key as tells it from another. Pure. */
export const redacted = (key: string): string => (key.length < longEnough ? '…' : `…${key.slice(-4)}`);
