import type { PromptPart } from '../../providers/language-model.js';
import type { WireField } from './wire-field.js';

type Media = Exclude<PromptPart, { type: 'text' }>;

const dataUrl = /^data:([\w.+-]+\/[\w.+-]+)?((?:;[\w-]+=[^;,]*)*)(;base64)?,/;
const base64Text = /^[A-Za-z0-9+/_-]+={0,2}$/;

export interface DataUrl {
  readonly mime_type: string;
  readonly base64: string;
}

/** What is in a `data:` URL (RFC 2397); undefined for another URL. Refuses one that holds no base64. */
export function readDataUrl(field: WireField): DataUrl | undefined {
  const url = field.name();
  if (!/^data:/i.test(url)) return undefined;
  const [head = '', type = 'text/plain', , isBase64] = dataUrl.exec(url) ?? [];
  const base64 = url.slice(head.length);
  if (head === '' || isBase64 === undefined || !isBase64Text(base64))
    throw field.wrong('must hold its bytes in base64, as data:image/png;base64,…');
  return { mime_type: type.toLowerCase(), base64 };
}

/** Base64 (RFC 4648 §4, §5). */
export function readBase64(field: WireField): string {
  const base64 = field.name();
  if (!isBase64Text(base64)) throw field.wrong('must be base64');
  return base64;
}

/** An image by its address, which may hold it. */
export function readImageUrl(field: WireField): Media {
  const data = readDataUrl(field);
  return data ? { type: 'image', ...data } : { type: 'image', url: readHttpUrl(field) };
}

/** How closely an image is to be looked at; nothing where the caller leaves it to the model. */
export function readDetail(field: WireField): Pick<Extract<PromptPart, { type: 'image' }>, 'detail'> {
  const detail = field.maybe((word) => word.oneOf(details));
  if (detail === undefined || detail === 'auto') return {};
  return { detail: detail === 'low' ? 'low' : 'high' };
}

const details = ['auto', 'low', 'high', 'original'] as const;

/** What a provider can fetch. */
export function readHttpUrl(field: WireField): string {
  const url = field.name();
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw field.wrong('must be a URL that starts with http:// or https://, or a data: URL');
  return url;
}

/** Cheap for megabytes: lines are not, and one pass is enough. */
const isBase64Text = (text: string): boolean => base64Text.test(text);
