import type { MessagePayload, MessageRole } from '../../messages/message-kinds.js';
import type { Conversation, Spoken } from './conversation-kinds.js';
import { lineOf, listOf, objectOf, textOf, timeOf, type JsonObject } from './json-format.js';

/**
 * A context of before, in one file with its messages inline: a list of `messages`, or a `message_pool` by their ids with
 * `branches` that list which of them they show. Pure.
 */
export function convertOldContext(value: JsonObject): Conversation {
  const pool = poolOf(value);
  const parents = new Map<string, string | undefined>();
  const order: string[] = [];
  for (const line of linesOf(value, [...pool.keys()])) {
    let before: string | undefined;
    for (const key of line.filter((one) => pool.has(one))) {
      // The first branch that shows it says what it follows.
      if (!parents.has(key)) order.push(key);
      if (!parents.has(key)) parents.set(key, before);
      before = key;
    }
  }
  const branches = objectOf(value['branches']);
  const active = objectOf(
    branches[textOf(value['active_branch_name']) ?? textOf(value['active_branch']) ?? 'main'],
  );
  const current = keysOf(active['message_ids']).findLast((key) => pool.has(key));
  return {
    id: textOf(value['id']),
    title: lineOf(value['title'] ?? value['name'], 300),
    created_at: timeOf(value['created_at']),
    updated_at: timeOf(value['updated_at']),
    ...configOf(value),
    ...(current !== undefined && { current }),
    messages: order.flatMap((key) => speak(key, parents.get(key), pool.get(key) ?? {}) ?? []),
  };
}

function poolOf(value: JsonObject): ReadonlyMap<string, JsonObject> {
  if (Array.isArray(value['messages']))
    return new Map(
      listOf(value['messages']).map((item, index) => {
        const message = objectOf(item);
        return [textOf(message['id']) ?? `message ${index}`, message];
      }),
    );
  return new Map(Object.entries(objectOf(value['message_pool'] ?? value['messages'])).map(unwrapped));
}

/** An entry of a pool may hold its message beside other facts. */
const unwrapped = ([key, entry]: [string, unknown]): [string, JsonObject] => {
  const { message, ...facts } = objectOf(entry);
  return [key, typeof message === 'object' ? { ...facts, ...objectOf(message) } : objectOf(entry)];
};

/** The active branch last would leave its messages to others: it comes first. */
function linesOf(value: JsonObject, all: readonly string[]): readonly (readonly string[])[] {
  const lines = Object.values(objectOf(value['branches'])).map((branch) =>
    keysOf(objectOf(branch)['message_ids']),
  );
  return lines.some((line) => line.length > 0) ? lines : [all];
}

/** Keys of messages, those that are numbers as text. An object is none, and may have no way to become text. */
const keysOf = (list: unknown): readonly string[] =>
  listOf(list)
    .map((key) => (typeof key === 'number' ? String(key) : textOf(key)))
    .filter((key) => key !== undefined);

function configOf(value: JsonObject): Pick<Conversation, 'config'> {
  const { model, model_id, mode, system_prompt } = objectOf(value['config']);
  const config = {
    ...(textOf(model ?? model_id) && { model: lineOf(model ?? model_id, 200) }),
    ...(textOf(mode) && { mode: lineOf(mode, 64) }),
    ...(textOf(system_prompt) && { system_prompt: textOf(system_prompt) }),
  };
  return Object.keys(config).length > 0 ? { config } : {};
}

function speak(key: string, parent: string | undefined, message: JsonObject): Spoken | undefined {
  const payload = payloadOf(message);
  if (!payload) return undefined;
  const created_at = timeOf(message['created_at'] ?? message['timestamp']);
  return {
    key,
    ...(parent !== undefined && { parent }),
    role: roleOf(message['role']),
    payload,
    ...(created_at !== undefined && { created_at }),
  };
}

function payloadOf(message: JsonObject): MessagePayload | undefined {
  const held = objectOf(message['payload'] ?? message);
  if (
    typeof held['kind'] === 'string' &&
    typeof held['data'] === 'object' &&
    held['kind'] !== 'streaming_response'
  )
    return { kind: held['kind'], data: objectOf(held['data']) };
  const { content = objectOf(held['data'])['content'] } = message;
  const text = Array.isArray(content)
    ? content.map((part) => textOf(part) ?? textOf(objectOf(part)['text']) ?? '').join('')
    : textOf(content);
  return text ? { kind: 'text', data: { content: text } } : undefined;
}

const roles: readonly MessageRole[] = ['system', 'user', 'assistant', 'tool'];

const roleOf = (role: unknown): MessageRole =>
  roles.find((known) => known === textOf(role)?.toLowerCase()) ?? 'user';
