import type {
  LanguageModelV3FilePart,
  LanguageModelV3TextPart,
  LanguageModelV3ToolResultOutput,
} from '@ai-sdk/provider';
import type { Dialect, PromptPart } from '../language-model.js';
import { ModelError } from '../model-error.js';

type UserPart = LanguageModelV3TextPart | LanguageModelV3FilePart;
type ResultPart = Extract<LanguageModelV3ToolResultOutput, { type: 'content' }>['value'][number];

/** Text alone becomes one part: many servers' chat templates take a plain string and nothing else. */
export function convertParts(parts: readonly PromptPart[], dialect: Dialect): UserPart[] {
  const given = parts.map((part) => readable(part, dialect));
  const texts = given.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  if (texts.length === given.length) return [{ type: 'text', text: texts.join('\n\n') }];
  return given.flatMap((part) => convertPart(part, dialect));
}

function convertPart(part: PromptPart, dialect: Dialect): UserPart[] {
  if (part.type === 'text') return part.text === '' ? [] : [{ type: 'text', text: part.text }];
  const more = part.type === 'file' ? namedAs(part.name) : seenIn(part.detail);
  if ('base64' in part) {
    const mediaType = dialect === 'messages' && isText(part.mime_type) ? 'text/plain' : part.mime_type;
    return [{ type: 'file', mediaType, data: part.base64, ...more }];
  }
  const mediaType = part.type === 'file' ? part.mime_type : 'image/*';
  return [{ type: 'file', mediaType, data: readUrl(part.url), ...more }];
}

const namedAs = (filename?: string): Partial<UserPart> => (filename === undefined ? {} : { filename });

/** OpenAI alone can be told how closely to look. */
const seenIn = (imageDetail?: string): Pick<UserPart, 'providerOptions'> =>
  imageDetail === undefined ? {} : { providerOptions: { openai: { imageDetail } } };

/** The parts of a tool's result, for dialects whose results may have images. */
export const convertResultParts = (parts: readonly PromptPart[], dialect: Dialect): ResultPart[] =>
  parts.flatMap((part) => convertResultPart(readable(part, dialect, true)));

function convertResultPart(part: PromptPart): ResultPart[] {
  if (part.type === 'text') return part.text === '' ? [] : [{ type: 'text', text: part.text }];
  if (part.type === 'image')
    return 'base64' in part
      ? [{ type: 'image-data', data: part.base64, mediaType: part.mime_type }]
      : [{ type: 'image-url', url: readUrl(part.url).toString() }];
  const named = part.name !== undefined && { filename: part.name };
  return 'base64' in part
    ? [{ type: 'file-data', data: part.base64, mediaType: part.mime_type, ...named }]
    : [{ type: 'file-url', url: readUrl(part.url).toString(), mediaType: part.mime_type }];
}

/** A text file is text wherever there are no documents; what an address holds itself is taken out of it. */
function readable(part: PromptPart, dialect: Dialect, isResult = false): PromptPart {
  const given = part.type !== 'text' && 'url' in part ? (fromDataUrl(part) ?? part) : part;
  const isDocument = dialect === 'messages' && !isResult;
  if (given.type !== 'file' || !('base64' in given) || !isText(given.mime_type) || isDocument) return given;
  const text = new TextDecoder().decode(bytesOf(given.base64));
  return { type: 'text', text: given.name === undefined ? text : `${given.name}:\n${text}` };
}

/** RFC 2397: only Anthropic's servers do not take the address itself, but all take what is in it. */
function fromDataUrl(part: Extract<PromptPart, { url: string }>): PromptPart | undefined {
  const [, mime, base64] =
    /^data:([\w.+-]+\/[\w.+-]+)(?:;[\w-]+=[^;,]*)*;base64,([\w+/=-]*)$/i.exec(part.url) ?? [];
  if (mime === undefined || base64 === undefined) return undefined;
  const mime_type = mime.toLowerCase();
  if (part.type === 'image')
    return { type: 'image', base64, mime_type, ...(part.detail && { detail: part.detail }) };
  return { type: 'file', base64, mime_type, ...(part.name !== undefined && { name: part.name }) };
}

const isText = (mime: string): boolean =>
  /^text\/|^application\/(?:json|xml|yaml|x-yaml|javascript|toml)$|\+(?:json|xml)$/i.test(mime) &&
  !mime.startsWith('image/');

const bytesOf = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
    character.charCodeAt(0),
  );

function readUrl(url: string): URL {
  if (URL.canParse(url)) return new URL(url);
  throw new ModelError('upstream_rejected', 'The address of an image or a file is not a URL.', {
    retryable: false,
  });
}
