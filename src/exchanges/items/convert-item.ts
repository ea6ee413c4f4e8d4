import { maxContent, maxFreeBytes, maxName, maxPicture, maxResultBytes } from '../../messages/dto/limits.js';
import type { KnownPayload, MessageRole, ToolCall } from '../../messages/message-kinds.js';
import type { PromptMessage, PromptPart } from '../../providers/language-model.js';

/** A message of the pool that an item becomes. */
export interface Draft {
  readonly role: MessageRole;
  readonly payload: KnownPayload;
}

export interface Drafts {
  readonly drafts: readonly [Draft, ...Draft[]];
  /** False where the messages hold less of the item than a model is to be told again, or say it otherwise. */
  readonly isWhole: boolean;
}

/** The messages that show an item in the pool, at least one. `now` is RFC 3339. Pure. */
export function convertItem(prompt: PromptMessage, now: string): Drafts {
  switch (prompt.role) {
    case 'system':
      return texts('system', prompt.content);
    case 'user':
      return ofUser(prompt.parts);
    case 'assistant':
      return ofAssistant(prompt, now);
    case 'tool':
      return ofTool(prompt, now);
    default:
      return prompt satisfies never;
  }
}

function ofUser(parts: readonly PromptPart[]): Drafts {
  const [first] = parts;
  if (first?.type === 'text' && parts.length === 1) return texts('user', first.text);
  const drafts: Draft[] = [];
  let text = '';
  const endText = (): void => {
    if (text !== '') drafts.push(...texts('user', text).drafts);
    text = '';
  };
  for (const part of parts) {
    if (part.type === 'text') text += text === '' ? part.text : `\n\n${part.text}`;
    else {
      endText();
      drafts.push({ role: 'user', payload: part.type === 'image' ? ofImage(part) : ofFile(part) });
    }
  }
  endText();
  return { drafts: atLeastOne(drafts, 'user'), isWhole: false };
}

type Image = Extract<PromptPart, { type: 'image' }>;
type File = Extract<PromptPart, { type: 'file' }>;

/** An image that a message cannot hold is named by its kind alone. */
function ofImage(part: Image): KnownPayload {
  const source = 'url' in part ? { url: part.url } : { base64: part.base64, mime_type: part.mime_type };
  const isHeld =
    'url' in part
      ? part.url.length <= maxPicture && /^(https?:\/\/|data:image\/)/i.test(part.url)
      : part.base64.length <= maxPicture && part.mime_type.startsWith('image/');
  if (isHeld) return { kind: 'image', data: { source, recognition_mode: 'auto' } };
  return { kind: 'text', data: { content: '(An image that is too large to be shown here.)' } };
}

function ofFile(part: File): KnownPayload {
  const name = (part.name ?? '').replace(/\p{Cc}+/gu, ' ').slice(0, maxName) || 'file';
  const size_bytes = 'base64' in part ? Math.floor((part.base64.length * 3) / 4) : undefined;
  const resolution_error = 'It was sent to the model as it was.';
  return {
    kind: 'file_reference',
    data: { path: name, resolution_error, ...(size_bytes !== undefined && { file: { size_bytes } }) },
  };
}

type Assistant = Extract<PromptMessage, { role: 'assistant' }>;

function ofAssistant({ content, reasoning, tool_calls = [] }: Assistant, now: string): Drafts {
  const said = content === '' && tool_calls.length > 0 ? [] : texts('assistant', content).drafts;
  const asked = tool_calls.length > 0 ? [askedFor(tool_calls, now)] : [];
  const isWhole = (reasoning?.length ?? 0) === 0 && asked.length === 0 && said.length === 1;
  return { drafts: atLeastOne([...said, ...asked], 'assistant'), isWhole };
}

/** Calls that whoever sent the request makes itself: nobody here is asked about them. Pure. */
export const askedFor = (calls: readonly ToolCall[], now: string): Draft => ({
  role: 'assistant',
  payload: {
    kind: 'tool_request',
    data: {
      calls: withOwnIds(calls.slice(0, maxCalls)),
      approval_status: 'auto_approved',
      requested_at: now,
    },
  },
});

/** The most calls that one message has room for. */
const maxCalls = 128;

/** Calls whose ids tell them apart: some models repeat an id, or give none. */
function withOwnIds(calls: readonly ToolCall[]): readonly ToolCall[] {
  const taken = new Set<string>();
  return calls.map((call) => {
    const id = call.id.slice(0, maxName - 8) || 'call';
    let own = id;
    for (let n = 2; taken.has(own); n++) own = `${id}_${n}`;
    taken.add(own);
    return { id: own, name: call.name.slice(0, maxName) || 'tool', arguments: shown(call.arguments) };
  });
}

function shown(value: unknown): unknown {
  const text = JSON.stringify(value ?? null);
  return text.length * 3 <= maxFreeBytes
    ? (value ?? null)
    : `${text.slice(0, 1000)}… (${text.length} characters)`;
}

type ToolAnswer = Extract<PromptMessage, { role: 'tool' }>;

/** A result says what it is only beside its call, so its prompt is always kept. */
function ofTool({ tool_call_id, tool_name, content, is_error }: ToolAnswer, now: string): Drafts {
  const isShort = content.length * 3 <= maxResultBytes;
  const result = isShort ? content : `${content.slice(0, 1000)}… (${content.length} characters)`;
  const data = {
    request_id: tool_call_id.slice(0, maxName) || 'call',
    tool_name: tool_name.slice(0, maxName) || 'tool',
    result,
    execution_status: is_error ? 'failed' : 'success',
    executed_at: now,
    duration_ms: 0,
  } as const;
  return { drafts: [{ role: 'tool', payload: { kind: 'tool_result', data } }], isWhole: false };
}

/** A text in as many messages as it needs. */
function texts(role: MessageRole, text: string): Drafts {
  const drafts: Draft[] = [];
  for (let at = 0; at < text.length; at += maxContent)
    drafts.push({ role, payload: { kind: 'text', data: { content: text.slice(at, at + maxContent) } } });
  return { drafts: atLeastOne(drafts, role), isWhole: drafts.length === 1 && text.trim() !== '' };
}

function atLeastOne([first, ...rest]: readonly Draft[], role: MessageRole): readonly [Draft, ...Draft[]] {
  return [first ?? { role, payload: { kind: 'text', data: { content: '' } } }, ...rest];
}
