import { isId, mainBranch } from '../../kernel/ids.js';
import { mapToHint } from '../../messages/map-to-hint.js';
import type { MessagePayload } from '../../messages/message-kinds.js';
import { recordFormat, recordVersion } from '../record/record-kinds.js';
import type { Answer, Conversation, Spoken } from './conversation-kinds.js';
import type { JsonObject } from './json-format.js';

interface Place {
  readonly branch: string;
  readonly depth: number;
  readonly id: string;
}

/**
 * A conversation as a record, still to be checked like any other. The line that it was left on is `main`; what leads away
 * from it are branches. Ids that are none of ours are replaced. `now` stands in where no time is said.
 */
export function layOut(conversation: Conversation, makeId: () => string, now: number): JsonObject {
  const { title, config = {}, messages } = conversation;
  const context_id = idOr(conversation.id, makeId);
  const begun = conversation.created_at ?? messages[0]?.created_at ?? now;
  const lines = linesOf(messages, conversation.current);
  const tree = placed(lines, context_id, begun, makeId);
  return {
    format: recordFormat,
    version: recordVersion,
    context: {
      id: context_id,
      title: title ?? null,
      title_source: title === undefined ? null : 'user',
      config,
      state: messages.length > 0 ? { type: 'awaiting_user', reason: 'input' } : { type: 'initial' },
      active_branch: mainBranch,
      revision: messages.length + 1,
      created_at: stamp(begun),
      updated_at: stamp(Math.max(begun, conversation.updated_at ?? messages.at(-1)?.created_at ?? begun)),
    },
    ...tree,
    removed: [],
    pins: [],
  };
}

/** The messages in lines: first the one that was left last, then, from its leaf up to what is known, each other. */
function linesOf(messages: readonly Spoken[], current: string | undefined): readonly (readonly Spoken[])[] {
  const byKey = new Map(messages.map((message) => [message.key, message]));
  const parents = new Set(messages.map(({ parent }) => parent));
  const leaves = messages.filter(({ key }) => !parents.has(key));
  const last = byKey.get(current ?? '') ?? leaves.at(-1);
  const taken = new Set<string>();
  return [...(last ? [last] : []), ...leaves].flatMap((leaf) => {
    const line: Spoken[] = [];
    for (let at: Spoken | undefined = leaf; at && !taken.has(at.key); at = byKey.get(at.parent ?? '')) {
      taken.add(at.key);
      line.push(at);
    }
    return line.length > 0 ? [line.reverse()] : [];
  });
}

function placed(
  lines: readonly (readonly Spoken[])[],
  context_id: string,
  begun: number,
  makeId: () => string,
): { readonly branches: readonly JsonObject[]; readonly messages: readonly JsonObject[] } {
  const places = new Map<string, Place>();
  const messages: JsonObject[] = [];
  const all = lines.length > 0 ? lines : [[]];
  const branches = all.map((line, index) => {
    const fork = places.get(line[0]?.parent ?? '');
    // What goes on from a head is no fork: the line that was left may not have been the longest.
    const branch = index === 0 ? mainBranch : makeId();
    let head = fork;
    let time = begun;
    for (const spoken of line) {
      const place: Place = { branch, depth: (head?.depth ?? 0) + 1, id: idOr(spoken.key, makeId) };
      time = spoken.created_at ?? time;
      messages.push(
        messageOf(spoken, place, {
          context_id,
          parent_id: head?.id ?? null,
          revision: messages.length + 2,
          time,
        }),
      );
      places.set(spoken.key, place);
      head = place;
    }
    return {
      id: branch,
      name: index === 0 ? 'main' : `branch-${index + 1}`,
      parent_branch: fork?.branch ?? null,
      fork_depth: fork?.depth ?? 0,
      head_message_id: head?.id ?? null,
      head_depth: head?.depth ?? 0,
      created_at: stamp(line[0]?.created_at ?? begun),
      config: {},
      deleted_at: null,
      parts: [],
    };
  });
  return { branches, messages };
}

function messageOf(
  { role, payload: said, answer }: Spoken,
  { branch, depth, id }: Place,
  {
    context_id,
    parent_id,
    revision,
    time,
  }: { context_id: string; parent_id: string | null; revision: number; time: number },
): JsonObject {
  const chunks = answer ? chunksOf(answer, time) : [];
  const payload = withTimes(answer ? answered(answer, chunks.length, time) : said, time);
  return {
    ...{ id, context_id, branch, parent_id, depth, role, ...payload, status: 'complete' },
    metadata: { source: role === 'user' ? 'user_input' : 'external', display_hint: mapToHint(payload) },
    ...{ revision, created_at: stamp(time) },
    ...(answer && { finish_reason: 'stop', final_sequence: chunks.length, chunks }),
  };
}

const answered = (
  { content, reasoning, model }: Answer,
  final_sequence: number,
  time: number,
): MessagePayload => ({
  kind: 'streaming_response',
  data: {
    content,
    ...(reasoning !== undefined && { reasoning }),
    model,
    started_at: stamp(time),
    completed_at: stamp(time),
    finish_reason: 'stop',
    final_sequence,
  },
});

/** It did not stream here: each of its texts is one chunk. */
const chunksOf = ({ content, reasoning }: Answer, time: number): readonly unknown[] => [
  ...(reasoning ? [['reasoning', reasoning, time]] : []),
  ...(content ? [['text', content, time]] : []),
];

/** Other programs do not say when a call was asked for or made. */
function withTimes({ kind, data }: MessagePayload, time: number): MessagePayload {
  const at = stamp(time);
  const times =
    kind === 'tool_request' ? { requested_at: at } : kind === 'tool_result' ? { executed_at: at } : {};
  return { kind, data: { ...times, ...data } };
}

const idOr = (id: string | undefined, makeId: () => string): string => (isId(id) ? id : makeId());

const stamp = (ms: number): string => new Date(ms).toISOString();
