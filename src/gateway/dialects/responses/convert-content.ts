import type { PromptPart } from '../../../providers/language-model.js';
import { readBase64, readDataUrl, readDetail, readHttpUrl, readImageUrl } from '../convert-media.js';
import type { WireField } from '../wire-field.js';

const kinds = ['input_text', 'output_text', 'text', 'refusal', 'input_image', 'input_file'] as const;

/** The parts of a message, or of a tool's result. Empty texts say nothing. */
export const convertContent = (content: WireField): PromptPart[] =>
  typeof content.value === 'string' ? textPart(content.value) : content.items().flatMap(convertPart);

/** For messages that can be nothing but text. */
export function convertText(content: WireField): string {
  const parts = convertContent(content);
  if (parts.some(({ type }) => type !== 'text'))
    throw content.wrong('must be text alone in a message of this role');
  return joinTexts(parts);
}

export const joinTexts = (parts: readonly PromptPart[]): string =>
  parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');

function convertPart(part: WireField): PromptPart[] {
  switch (part.kind(kinds)) {
    case 'refusal':
      return textPart(part.at('refusal').text());
    case 'input_image':
      refuseId(part, 'image_url');
      return [{ ...readImageUrl(part.at('image_url')), ...readDetail(part.at('detail')) }];
    case 'input_file':
      return [convertFile(part)];
    case 'input_text':
    case 'output_text':
    case 'text':
      return textPart(part.at('text').text());
  }
}

const textPart = (text: string): PromptPart[] => (text === '' ? [] : [{ type: 'text', text }]);

function convertFile(part: WireField): PromptPart {
  const name = part.at('filename').maybe((field) => field.text());
  const named = name === undefined ? {} : { name };
  const [url, bytes] = [part.at('file_url'), part.at('file_data')];
  if (url.isGiven) {
    const address = readHttpUrl(url);
    return { type: 'file', url: address, mime_type: typeOf(name ?? new URL(address).pathname), ...named };
  }
  refuseId(part, 'file_data');
  // Some clients send the bytes alone, and leave their type to the name.
  const file = readDataUrl(bytes) ?? { base64: readBase64(bytes), mime_type: typeOf(name ?? '') };
  return { type: 'file', ...file, ...named };
}

/** A file that lies with OpenAI is one that only OpenAI can read. */
function refuseId(part: WireField, instead: string): void {
  const id = part.at('file_id');
  if (id.isGiven) throw id.wrong(`names a file that this model cannot see: send ${instead}`);
}

/** PDFs are what providers read; another type is believed where a name says so. */
const typeOf = (name: string): string =>
  types.get(/\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? '') ?? 'application/pdf';

const types: ReadonlyMap<string, string> = new Map([
  ['txt', 'text/plain'],
  ['md', 'text/markdown'],
  ['csv', 'text/csv'],
  ['json', 'application/json'],
  ['html', 'text/html'],
  ['xml', 'text/xml'],
]);
