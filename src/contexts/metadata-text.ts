import { toTimestamp } from '../kernel/clock.js';
import type { MessageId } from '../kernel/ids.js';
import type { ContextConfig } from './context-config.js';
import type { ContextEntity } from './context.entity.js';

/** What the light view shows of a context, as it is stored; without a stream the last two are null. */
export type LightRow = Pick<
  ContextEntity,
  | 'id'
  | 'title'
  | 'config'
  | 'state_type'
  | 'state'
  | 'active_branch'
  | 'revision'
  | 'created_at'
  | 'updated_at'
> & {
  readonly head_depth: number;
  readonly stream_id: MessageId | null;
  readonly stream_sequence: number | null;
};

/**
 * The light view as JSON text: what `MetadataView.of` makes of the same context, to the byte. Of all answers this is
 * asked for most often, and what it shows is stored as JSON already. Pure.
 */
export function metadataText(row: LightRow): string {
  const { model = null, mode = null } =
    row.config === '{}' ? noConfig : (JSON.parse(row.config) as ContextConfig);
  const streaming = row.stream_id
    ? `{"message_id":"${row.stream_id}","current_sequence":${row.stream_sequence}}`
    : '';
  return (
    `{"id":"${row.id}","title":${jsonOf(row.title)},"state":${stateText(row)}` +
    `,"active_branch":"${row.active_branch}","message_count":${row.head_depth},"revision":${row.revision}` +
    `,"model":${jsonOf(model)},"mode":${jsonOf(mode)},"streaming":[${streaming}]` +
    `,"created_at":"${toTimestamp(row.created_at)}","updated_at":"${toTimestamp(row.updated_at)}"}`
  );
}

const noConfig: ContextConfig = {};

const jsonOf = (text: string | null): string => (text === null ? 'null' : JSON.stringify(text));

/** The state's sequence is moved by the chunks alone, without a write to the context: the stream's row knows it. */
const stateText = ({ state, state_type, stream_sequence: sequence }: LightRow): string =>
  state_type === 'streaming_response' && sequence !== null
    ? JSON.stringify({ ...(JSON.parse(state) as object), sequence })
    : state;
