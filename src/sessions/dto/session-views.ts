import { toTimestamp } from '../../kernel/clock.js';
import {
  Choice,
  Component,
  Flag,
  FreeObject,
  Id,
  IdList,
  Int,
  Nested,
  NestedList,
  samples,
  Text,
  Timestamp,
} from '../../http/fields.js';
import type { ContextId } from '../../kernel/ids.js';
import type { Session } from '../session-row.js';
import type { Facts } from '../session-state.js';
import { maxClientBytes } from '../sessions.service.js';

const themes = ['light', 'dark', 'system'] as const;
const maxTabs = 1000;

/** The fields, once as answers show them and once as requests set them, where null removes. */
function preferenceFields(nullable: boolean) {
  class Fields {
    @Choice({ about: 'Colours.', values: themes, optional: true, nullable, example: 'dark' })
    readonly theme?: (typeof themes)[number] | null;
    @Text({
      about: 'The language of the interface, a BCP 47 tag.',
      min: 2,
      max: 35,
      pattern: /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/,
      optional: true,
      nullable,
      example: 'en-GB',
    })
    readonly language?: string | null;
    @Int({ about: 'In pixels.', min: 8, max: 72, optional: true, nullable, example: 14 })
    readonly font_size?: number | null;
    @Flag({ about: 'Whether the enter key sends.', optional: true, nullable, example: true })
    readonly send_on_enter?: boolean | null;
    @FreeObject({
      about: 'The client’s own affair. Its fields are set one by one.',
      maxBytes: maxClientBytes,
      optional: true,
      nullable,
      example: { accent: 'teal' },
    })
    readonly client?: Record<string, unknown> | null;
  }
  return Fields;
}

@Component({ name: 'SessionPreferences', about: 'What the user prefers, on every device.' })
class PreferencesView extends preferenceFields(false) {}
@Component({ name: 'SessionPreferencesPatch', about: 'A value sets, null removes, absence leaves.' })
class PreferencesPatch extends preferenceFields(true) {}

function uiFields(nullable: boolean) {
  class Fields {
    @Flag({ about: 'Whether the list of contexts is shown.', optional: true, nullable, example: true })
    readonly sidebar_open?: boolean | null;
    @Int({ about: 'Its width in pixels.', min: 0, max: 10_000, optional: true, nullable, example: 280 })
    readonly sidebar_width?: number | null;
    @FreeObject({
      about: 'The client’s own affair. Its fields are set one by one.',
      maxBytes: maxClientBytes,
      optional: true,
      nullable,
      example: { panel: 'files' },
    })
    readonly client?: Record<string, unknown> | null;
  }
  return Fields;
}

@Component({ name: 'SessionUiState', about: 'How the interface was left.' })
class UiStateView extends uiFields(false) {}
@Component({ name: 'SessionUiStatePatch', about: 'A value sets, null removes, absence leaves.' })
class UiStatePatch extends uiFields(true) {}

@Component({ name: 'SessionTab', about: 'An open tab.' })
class TabView {
  @Id({ about: 'The context that it shows.' }) readonly context_id!: string;
}

@Component({ name: 'Session', about: 'What all devices of the caller share.' })
export class SessionView {
  @Int({ about: 'Moves with every change; 0 before the first.', min: 0, example: 7 })
  readonly revision!: number;
  @NestedList(() => TabView, { about: 'The open tabs, in their order.', maxItems: maxTabs })
  readonly tabs!: readonly TabView[];
  @Id({
    about: 'The context of the active tab; null when none is open.',
    nullable: true,
    example: samples.context,
  })
  readonly active_context_id!: string | null;
  @Nested(() => UiStateView, { about: 'How the interface was left.' }) readonly ui_state!: Facts;
  @Nested(() => PreferencesView, { about: 'What the user prefers.' }) readonly preferences!: Facts;
  @Timestamp({ about: 'When it last changed.' }) readonly updated_at!: string;

  static of({ revision, tabs, active, ui_state, preferences, updated_at }: Session): SessionView {
    return {
      revision,
      tabs: tabs.map(({ context_id }) => ({ context_id })),
      active_context_id: active,
      ui_state,
      preferences,
      updated_at: toTimestamp(updated_at),
    };
  }
}

@Component({ about: 'A tab to open, or to make the active one.' })
export class OpenTab {
  @Id({ about: 'The context.' }) readonly context_id!: ContextId;
  @Int({
    about: 'Its place among the tabs, from 0; without one, the end.',
    min: 0,
    max: maxTabs,
    optional: true,
  })
  readonly position?: number;
}

@Component({
  name: 'SessionPatch',
  about: 'What to change; a field that is absent stays as it is.',
  example: { preferences: { theme: 'dark', language: null } },
})
export class PatchSession {
  @Id({ about: 'The open tab that is to be active.', optional: true, example: samples.context })
  readonly active_context_id?: ContextId;
  @IdList({
    about: 'The order of the tabs. Those that it does not name come last, and names of none are passed over.',
    maxItems: maxTabs,
    optional: true,
    example: [samples.context],
  })
  readonly tab_order?: readonly ContextId[];
  @Nested(() => UiStatePatch, { about: 'How the interface was left.', optional: true })
  readonly ui_state?: UiStatePatch;
  @Nested(() => PreferencesPatch, { about: 'What the user prefers.', optional: true })
  readonly preferences?: PreferencesPatch;
}
