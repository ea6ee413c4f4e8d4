import type {
  PromptMessage,
  PromptPart,
  PromptToolCall,
  ReasoningBlock,
} from '../../../providers/language-model.js';
import { readBase64, readHttpUrl } from '../convert-media.js';
import { toolNameOf, type CallNames } from '../convert-tools.js';
import { readSeal } from '../seal-format.js';
import type { WireField } from '../wire-field.js';

/** The messages of a call to Anthropic's Messages. */
export function convertMessages(field: WireField): PromptMessage[] {
  const calls = new Map<string, string>();
  const messages = field.list((message) => convertMessage(message, calls)).flat();
  if (messages.length === 0) throw field.wrong('must have at least one message');
  return messages;
}

/** A user's message may hold results of tools, which are messages of their own. */
function convertMessage(message: WireField, calls: Map<string, string>): PromptMessage[] {
  const content = message.at('content');
  switch (message.at('role').oneOf(['user', 'assistant', 'system'])) {
    case 'system':
      return [{ role: 'system', content: readTexts(content) }];
    case 'assistant':
      return [convertAssistant(content, calls)];
    case 'user':
      return convertUser(content, calls);
  }
}

/** Text as a string or in blocks. */
export const readTexts = (content: WireField): string =>
  typeof content.value === 'string'
    ? content.value
    : content
        .list((block) => {
          block.kind(['text']);
          return block.at('text').text();
        })
        .join('\n\n');

const userBlocks = ['text', 'image', 'document', 'search_result', 'tool_result'] as const;
const partBlocks = ['text', 'image', 'document', 'search_result'] as const;

function convertUser(content: WireField, calls: CallNames): PromptMessage[] {
  if (typeof content.value === 'string')
    return [{ role: 'user', parts: [{ type: 'text', text: content.value }] }];
  const blocks = content.items();
  const results = blocks.filter((block) => block.kind(userBlocks) === 'tool_result');
  const others = blocks.filter((block) => block.at('type').value !== 'tool_result');
  const messages: PromptMessage[] = results.map((result) => convertResult(result, calls));
  // Results come first: a provider wants them right behind the calls.
  if (others.length > 0 || messages.length === 0)
    messages.push({ role: 'user', parts: others.flatMap(readParts) });
  return messages;
}

function convertResult(result: WireField, calls: CallNames): PromptMessage {
  const id = result.at('tool_use_id');
  const content = result.at('content');
  const parts = readContent(content);
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return {
    role: 'tool',
    tool_call_id: id.name(),
    tool_name: toolNameOf(calls, id),
    content: texts.join('\n\n'),
    ...(texts.length < parts.length && { parts }),
    is_error: result.at('is_error').maybe((flag) => flag.flag()) ?? false,
  };
}

function readContent(content: WireField): PromptPart[] {
  if (!content.isGiven) return [];
  if (typeof content.value === 'string') return [{ type: 'text', text: content.value }];
  return content.items().flatMap(readParts);
}

function readParts(block: WireField): PromptPart[] {
  switch (block.kind(partBlocks)) {
    case 'text':
      return [{ type: 'text', text: block.at('text').text() }];
    case 'image':
      return [readImage(block.at('source'))];
    case 'document':
      return readDocument(block);
    case 'search_result': {
      const head = `${block.at('title').text()} (${block.at('source').text()})`;
      return [{ type: 'text', text: `${head}\n\n${readTexts(block.at('content'))}` }];
    }
  }
}

function readImage(source: WireField): PromptPart {
  return source.kind(['base64', 'url']) === 'url'
    ? { type: 'image', url: readHttpUrl(source.at('url')) }
    : { type: 'image', base64: readBase64(source.at('data')), mime_type: source.at('media_type').name() };
}

const pdf = 'application/pdf';

function readDocument(block: WireField): PromptPart[] {
  const source = block.at('source');
  const title = block.at('title').maybe((text) => text.text());
  const name = title !== undefined && { name: title };
  switch (source.kind(['base64', 'url', 'text', 'content'])) {
    case 'base64': {
      const mime_type = source.at('media_type').name();
      return [{ type: 'file', base64: readBase64(source.at('data')), mime_type, ...name }];
    }
    case 'url':
      return [{ type: 'file', url: readHttpUrl(source.at('url')), mime_type: pdf, ...name }];
    case 'text': {
      const text = source.at('data').text();
      return [{ type: 'text', text: title === undefined ? text : `${title}\n\n${text}` }];
    }
    case 'content':
      return readContent(source.at('content'));
  }
}

const assistantBlocks = ['text', 'thinking', 'redacted_thinking', 'tool_use'] as const;

/** `calls` are those of the messages before it, which its own are added to. */
function convertAssistant(content: WireField, calls: Map<string, string>): PromptMessage {
  if (typeof content.value === 'string') return { role: 'assistant', content: content.value };
  const texts: string[] = [];
  const reasoning: ReasoningBlock[] = [];
  const made: PromptToolCall[] = [];
  for (const block of content.items())
    switch (block.kind(assistantBlocks)) {
      case 'text':
        texts.push(block.at('text').text());
        break;
      case 'thinking':
      case 'redacted_thinking':
        reasoning.push(readReasoning(block));
        break;
      case 'tool_use':
        made.push(readCall(block));
    }
  for (const { id, name } of made) calls.set(id, name);
  return {
    role: 'assistant',
    content: texts.join(''),
    ...(reasoning.length > 0 && { reasoning }),
    ...(made.length > 0 && { tool_calls: made }),
  };
}

function readReasoning(block: WireField): ReasoningBlock {
  if (block.kind(['thinking', 'redacted_thinking']) === 'redacted_thinking')
    return { text: '', seal: readSeal(block.at('data').name(), { dialect: 'messages', kind: 'redacted' }) };
  const text = block.at('thinking').text();
  const signature = block.at('signature').maybe((value) => value.text()) ?? '';
  // What a model of another dialect has thought has none.
  if (signature === '') return { text };
  return { text, seal: readSeal(signature, { dialect: 'messages', kind: 'signature' }) };
}

const readCall = (block: WireField): PromptToolCall => ({
  id: block.at('id').name(),
  name: block.at('name').name(),
  arguments: block.at('input').object(),
});
