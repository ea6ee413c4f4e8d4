import type { MessagePayload } from '../../messages/message-kinds.js';
import type { Conversation, Spoken } from './conversation-kinds.js';
import { lineOf, listOf, objectOf, textOf, timeOf, type JsonObject } from './json-format.js';

/**
 * A conversation of Claude's export: `chat_messages` in their order, with `parent_message_uuid` where it branches. A
 * message of several blocks becomes as many of ours. Pure.
 */
export function convertClaude(value: JsonObject): Conversation {
  const model = textOf(value['model'])?.slice(0, 256) ?? 'unknown';
  const ends = new Map<string, string>();
  const messages: Spoken[] = [];
  for (const [index, item] of listOf(value['chat_messages']).entries()) {
    const message = objectOf(item);
    const uuid = textOf(message['uuid']) ?? `message ${index}`;
    const said = textOf(message['parent_message_uuid']);
    // Exports without branches name no parents: each follows the one before.
    let parent = said === undefined ? messages.at(-1)?.key : ends.get(said);
    for (const spoken of speak(uuid, message, model)) {
      messages.push({ ...spoken, ...(parent !== undefined && { parent }) });
      parent = spoken.key;
    }
    if (parent !== undefined) ends.set(uuid, parent);
  }
  const current = ends.get(textOf(value['current_leaf_message_uuid']) ?? '');
  return {
    id: textOf(value['uuid']),
    title: lineOf(value['name'], 300),
    created_at: timeOf(value['created_at']),
    updated_at: timeOf(value['updated_at']),
    ...(current !== undefined && { current }),
    messages,
  };
}

type Piece = Pick<Spoken, 'role' | 'payload' | 'answer'>;

function speak(uuid: string, message: JsonObject, model: string): readonly Spoken[] {
  const created_at = timeOf(message['created_at']);
  const pieces =
    message['sender'] === 'assistant' ? assistantPieces(uuid, message, model) : userPieces(message);
  return pieces.map((piece, index) => ({
    key: index === 0 ? uuid : `${uuid}#${index}`,
    ...piece,
    ...(created_at !== undefined && { created_at }),
  }));
}

function userPieces(message: JsonObject): readonly Piece[] {
  const files = listOf(message['attachments']).map(objectOf);
  const names = listOf(message['files']).map((file) => lineOf(objectOf(file)['file_name'], 4096));
  const content = [
    blocksOf(message)
      .map(({ text }) => textOf(text) ?? '')
      .join('\n') || textOf(message['text']),
  ];
  const text = [...content, ...names.flatMap((name) => (name ? [`[file: ${name}]`] : []))]
    .filter(Boolean)
    .join('\n');
  const attached = files.map((file): Piece => ({ role: 'user', payload: fileReference(file) }));
  return text === ''
    ? attached
    : [...attached, { role: 'user', payload: { kind: 'text', data: { content: text } } }];
}

const fileReference = (file: JsonObject): MessagePayload => {
  const content = textOf(file['extracted_content']);
  const path = lineOf(file['file_name'], 4096) ?? 'file';
  return {
    kind: 'file_reference',
    data: {
      path,
      ...(content !== undefined
        ? { resolved_content: content }
        : { resolution_error: 'It is not in the export.' }),
    },
  };
};

function assistantPieces(uuid: string, message: JsonObject, model: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let [content, reasoning] = ['', ''];
  const flush = (): void => {
    if (content !== '' || reasoning !== '')
      pieces.push({
        role: 'assistant',
        payload: { kind: 'streaming_response', data: {} },
        answer: { content, model, ...(reasoning !== '' && { reasoning }) },
      });
    [content, reasoning] = ['', ''];
  };
  const blocks = blocksOf(message);
  for (const [index, block] of blocks.entries()) {
    if (block['type'] === 'text') content += textOf(block['text']) ?? '';
    else if (block['type'] === 'thinking') reasoning += textOf(block['thinking']) ?? '';
    else if (block['type'] === 'tool_use' || block['type'] === 'tool_result') {
      flush();
      pieces.push(toolPiece(block, `${uuid}/${index}`, pieces));
    }
  }
  if (blocks.length === 0) content = textOf(message['text']) ?? '';
  flush();
  return pieces;
}

const blocksOf = (message: JsonObject): readonly JsonObject[] => listOf(message['content']).map(objectOf);

function toolPiece(block: JsonObject, fallback: string, before: readonly Piece[]): Piece {
  const name = lineOf(block['name'], 256) ?? 'tool';
  if (block['type'] === 'tool_use') {
    const id = textOf(block['id'])?.slice(0, 256) ?? fallback;
    const data = { calls: [{ id, name, arguments: block['input'] ?? {} }], approval_status: 'approved' };
    return { role: 'assistant', payload: { kind: 'tool_request', data: data as never } };
  }
  const data = {
    tool_name: name,
    request_id: textOf(block['tool_use_id'])?.slice(0, 256) ?? callBefore(before) ?? fallback,
    result: block['content'] ?? null,
    execution_status: block['is_error'] === true ? 'failed' : 'success',
    duration_ms: 0,
  };
  return { role: 'tool', payload: { kind: 'tool_result', data: data as never } };
}

/** Exports without ids put a result right behind its call. */
function callBefore(pieces: readonly Piece[]): string | undefined {
  const last = pieces.at(-1)?.payload;
  if (last?.kind !== 'tool_request') return undefined;
  return textOf(objectOf(listOf(objectOf(last.data)['calls'])[0])['id']);
}
