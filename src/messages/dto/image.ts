import { Choice, Component, Id, Nested, Text, unionOf } from '../../http/fields.js';
import { recognitionModes, type ImageData as ImageDataOfKind, type ImageSource } from '../payload-kinds.js';
import { maxContent, maxErrorText, maxPath, maxPicture, maxUri, mimeType, printable } from './limits.js';

@Component({ about: 'An image at an address.' })
export class ImageByUrl {
  @Text({
    about: 'An http or https URL, or a data URL of an image in base64.',
    max: maxPicture,
    check: urlProblem,
    format: 'uri',
    example: 'https://example.com/plan.png',
  })
  readonly url!: string;
}

@Component({ about: 'An image in itself.' })
export class ImageByBase64 {
  @Text({
    about: 'The image file in base64.',
    min: 4,
    max: maxPicture,
    pattern: /^[A-Za-z0-9+/]+={0,2}$/,
    says: 'must be base64',
    check: (text) => (text.length % 4 === 0 ? undefined : 'must be base64, whole groups of four characters'),
    example: 'iVBORw0KGgo=',
  })
  readonly base64!: string;

  @Text({
    ...mimeType,
    about: 'Type of the image file.',
    pattern: /^image\/[a-z0-9][a-z0-9.+-]*$/,
    says: 'must be the MIME type of an image, in lower case',
    example: 'image/png',
  })
  readonly mime_type!: string;
}

@Component({ about: 'An image in the workspace.' })
export class ImageByPath {
  @Text({ ...printable, about: 'Path in the workspace.', min: 1, max: maxPath, example: 'docs/plan.png' })
  readonly file_path!: string;
}

@Component({ about: 'An image that was attached.' })
export class ImageByAttachment {
  @Id({ about: 'The attachment: a PNG, JPEG, GIF or WebP image.' })
  readonly attachment_id!: string;
}

const sources = {
  url: ImageByUrl,
  base64: ImageByBase64,
  file_path: ImageByPath,
  attachment_id: ImageByAttachment,
};

export const ImageSourceField = unionOf(
  'ImageSource',
  {
    classes: Object.values(sources),
    pick: (value) => {
      const given = Object.entries(sources).filter(([name]) => Object.hasOwn(value, name));
      return given.length === 1 ? given[0]?.[1] : undefined;
    },
    otherwise: 'must have exactly one of url, base64 (with mime_type), file_path and attachment_id',
  },
  'Where an image is: one of the four.',
);

@Component({ about: 'An image.' })
export class ImageData implements ImageDataOfKind {
  @Nested(() => ImageSourceField, { about: 'Where the image is.' })
  readonly source!: ImageSource;

  @Choice({
    about: 'Whether a model looks at the image or text is read from it; `auto` leaves it to the server.',
    values: recognitionModes,
    example: 'auto',
  })
  readonly recognition_mode!: (typeof recognitionModes)[number];

  @Text({ about: 'Text that was read from the image.', max: maxContent, optional: true })
  readonly recognized_text?: string;

  @Text({ about: 'What a model said that it shows.', max: maxContent, optional: true })
  readonly vision_analysis?: string;

  @Text({ about: 'Why the image could not be used.', max: maxErrorText, optional: true })
  readonly error?: string;
}

function urlProblem(url: string): string | undefined {
  if (/^data:image\/[a-z0-9][a-z0-9.+-]*;base64,[A-Za-z0-9+/]+={0,2}$/i.test(url)) return undefined;
  const isWeb = url.length <= maxUri && /^https?:\/\//i.test(url) && URL.canParse(url);
  return isWeb ? undefined : 'must be an http or https URL, or a data URL of an image in base64';
}
