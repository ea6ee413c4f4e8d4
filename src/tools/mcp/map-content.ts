import { startWithin } from '../bounded-result.js';
import type { ToolOutput } from '../tool-source.js';
import { isObject, objectsIn, textOf } from './read-json.js';

type Json = Readonly<Record<string, unknown>>;

/**
 * What a tool answered. Text alone is a text; else `{content, structured_content?}`, in which `content` is a text too
 * when there is nothing else, and is left out when it only says the same as `structured_content`. Of all blocks
 * together no more than `maxBytes` are kept: data that does not fit is left out, and its size remains.
 */
export function mapResult(answer: Json, maxBytes: number): ToolOutput {
  const is_error = answer.isError === true;
  const structured = isObject(answer.structuredContent) ? answer.structuredContent : undefined;
  const blocks = objectsIn(answer.content);
  const text = joinedText(blocks);
  const said = text ?? mapBlocks(blocks, maxBytes - reserve - bytesOf(structured ?? null));
  if (!structured) return { result: text === undefined ? { content: said } : text, is_error };
  const isRepeated = text === '' || (text !== undefined && saysTheSame(text, structured));
  return { result: { ...(!isRepeated && { content: said }), structured_content: structured }, is_error };
}

/** Room for what is around the blocks. */
const reserve = 256;

/** The text of blocks that are nothing else; undefined when there are others. */
function joinedText(blocks: readonly Json[]): string | undefined {
  const texts = blocks.map(({ type, text }) => (type === 'text' ? textOf(text) : undefined));
  return texts.every((text) => text !== undefined) ? texts.join('\n') : undefined;
}

/** Servers repeat structured content as text, for clients that know nothing else (MCP, Structured Content). */
function saysTheSame(text: string, structured: Json): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(structured);
  } catch {
    return false;
  }
}

/** Blocks as they are shown, no more than so many bytes of them; past it, what a block holds is left out. */
export function mapBlocks(blocks: readonly Json[], maxBytes: number): readonly Json[] {
  let room = maxBytes;
  const kept: Json[] = [];
  for (const block of blocks) {
    const fitting = fit(mapBlock(block), room);
    if (!fitting) break;
    room -= bytesOf(fitting) + 1;
    kept.push(fitting);
  }
  return kept.length < blocks.length
    ? [...kept, { type: 'text', text: `[… ${blocks.length - kept.length} parts left out]` }]
    : kept;
}

/** One block, with our names for what it holds. */
export function mapBlock(block: Json): Json {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: textOf(block.text) ?? '' };
    case 'image':
    case 'audio':
      return { type: block.type, ...media(block, block.data) };
    case 'resource_link':
      return { type: 'resource_link', ...named(block), ...(isSize(block.size) && { size: block.size }) };
    case 'resource':
      return { type: 'resource', ...resource(isObject(block.resource) ? block.resource : {}) };
    default:
      return { type: 'unknown' };
  }
}

/** A resource that came along: its text, or its data in Base64. */
function resource(contents: Json): Json {
  const text = textOf(contents.text);
  const mime_type = textOf(contents.mimeType);
  const where = { uri: textOf(contents.uri) ?? '' };
  if (text === undefined) return { ...where, ...media(contents, contents.blob) };
  return { ...where, ...(mime_type !== undefined && { mime_type }), text };
}

function media({ mimeType }: Json, raw: unknown): Json {
  const data = textOf(raw) ?? '';
  const size = Buffer.byteLength(data, 'base64');
  return { mime_type: textOf(mimeType) ?? 'application/octet-stream', size, data };
}

function named({ uri, name, description, mimeType }: Json): Json {
  const all = { uri: textOf(uri) ?? '', name: textOf(name), description: textOf(description) };
  return Object.fromEntries(
    Object.entries({ ...all, mime_type: textOf(mimeType) }).filter(([, value]) => value !== undefined),
  );
}

/** The block if it fits; else without its data, or with the beginning of its text; undefined when not even that. */
function fit(block: Json, room: number): Json | undefined {
  if (bytesOf(block) <= room) return block;
  const { data, text, ...rest } = block;
  const bare = data === undefined ? { ...rest, text: '' } : rest;
  const left = room - bytesOf({ ...bare, is_cut: true });
  if (left < 0) return undefined;
  if (typeof text !== 'string') return { ...rest, is_cut: true };
  return { ...rest, text: startWithin(text, left + 2), is_cut: true };
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value);

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
