/** What the bytes of a file show it to be. */
export type Found =
  | { readonly type: 'known'; readonly mime_type: string }
  /** Readable text in UTF-8, which no bytes tell the sort of. */
  | { readonly type: 'text' }
  | { readonly type: 'unknown' };

export type Verdict =
  | { readonly type: 'accepted'; readonly mime_type: string }
  | { readonly type: 'mislabelled'; readonly label: string; readonly found: string }
  | { readonly type: 'not_allowed'; readonly mime_type: string };

export interface Label {
  /** The Content-Type that came with the file, if one did. */
  readonly declared?: string;
  readonly name: string;
}

const anything = 'application/octet-stream';
const plain = 'text/plain';

/** Other names of the same types. */
const aliases: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'application/x-pdf': 'application/pdf',
  'application/x-zip-compressed': 'application/zip',
  'application/x-zip': 'application/zip',
  'application/javascript': 'text/javascript',
  'application/x-javascript': 'text/javascript',
  'text/json': 'application/json',
  'text/xml': 'application/xml',
  'text/yaml': 'application/yaml',
  'text/x-yaml': 'application/yaml',
  'application/x-yaml': 'application/yaml',
  'text/x-markdown': 'text/markdown',
};

/** What a name without a declared type is taken to say. */
const byExtension: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  svg: 'image/svg+xml',
  pdf: 'application/pdf',
  zip: 'application/zip',
  json: 'application/json',
  xml: 'application/xml',
  yaml: 'application/yaml',
  yml: 'application/yaml',
  txt: plain,
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  htm: 'text/html',
  css: 'text/css',
  js: 'text/javascript',
};

/** The images that models are shown, and that browsers show without running anything. */
const pictures = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
export const isPicture = (mimeType: string): boolean => pictures.has(mimeType);

/** True for what is text whatever else it is: a model can be sent it, and a browser is told no more. */
export const isText = (mimeType: string): boolean =>
  mimeType.startsWith('text/') ||
  /[/+](json|xml|yaml|toml|sql|graphql|typescript)$/.test(mimeType) ||
  mimeType === 'application/x-sh';

/** True for zip archives, under whatever name. */
export const isZip = (mimeType: string): boolean =>
  mimeType === 'application/zip' ||
  mimeType === 'application/java-archive' ||
  mimeType === 'application/epub+zip' ||
  /^application\/vnd\.(openxmlformats-officedocument|oasis\.opendocument)\./.test(mimeType);

/** Whether a file is what it is said to be, and what it is kept as. Pure. */
export function judge(found: Found, label: Label, allowed: readonly string[]): Verdict {
  const said = saidBy(label);
  const verdict = found.type === 'text' ? judgeText(said) : judgeBytes(found, said);
  if (verdict.type !== 'accepted' || allowed.includes(verdict.mime_type)) return verdict;
  // A sort of text that is not asked for is text all the same.
  if (isText(verdict.mime_type) && allowed.includes(plain)) return { type: 'accepted', mime_type: plain };
  return { type: 'not_allowed', mime_type: verdict.mime_type };
}

/** Undefined when neither the sender nor the name says anything. */
function saidBy({ declared, name }: Label): string | undefined {
  const type = declared?.toLowerCase();
  if (type !== undefined && type !== anything) return aliases[type] ?? type;
  const extension = /\.([A-Za-z0-9]{1,10})$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(byExtension, extension) ? byExtension[extension] : undefined;
}

function judgeText(said: string | undefined): Verdict {
  // Browsers take the .ts of TypeScript for that of MPEG transport streams.
  if (said === undefined || said === 'video/mp2t') return { type: 'accepted', mime_type: plain };
  if (isText(said)) return { type: 'accepted', mime_type: said };
  return { type: 'mislabelled', label: said, found: 'text' };
}

function judgeBytes(found: Exclude<Found, { type: 'text' }>, said: string | undefined): Verdict {
  if (found.type === 'unknown')
    return said === undefined
      ? { type: 'not_allowed', mime_type: anything }
      : { type: 'mislabelled', label: said, found: 'something else' };
  const type = aliases[found.mime_type] ?? found.mime_type;
  // Not every document in a zip archive shows by its first bytes which sort it is.
  const isSame = said === undefined || said === type || (isZip(said) && isZip(type));
  return isSame ? { type: 'accepted', mime_type: type } : { type: 'mislabelled', label: said, found: type };
}
