import { Component, Field, Id, Int, Nested, Rule, Text, Timestamp } from '../../http/fields.js';
import type * as kinds from '../payload-kinds.js';
import { maxContent, maxErrorText, maxPath, mimeType, printable } from './limits.js';

@Component({ about: 'What is known of a file.' })
export class FileFacts implements kinds.FileFacts {
  @Int({ about: 'Size of the whole file.', min: 0, example: 2048 })
  readonly size_bytes!: number;

  @Text({ ...mimeType, about: 'Type of the file.', optional: true, example: 'text/markdown' })
  readonly mime_type?: string;

  @Timestamp({ about: 'When the file was last changed.', optional: true })
  readonly last_modified?: string;

  @Int({ about: 'Lines of the whole file.', min: 0, optional: true, example: 80 })
  readonly line_count?: number;
}

@Component({ about: 'A file, or some lines of it.' })
export class FileReferenceData implements kinds.FileReferenceData {
  @Rule(({ path, attachment_id }: FileReferenceData) =>
    (path as string | undefined) === undefined && attachment_id === undefined
      ? 'is required, or attachment_id is'
      : undefined,
  )
  @Text({
    ...printable,
    about: 'Path in the workspace. Of an attachment its name, which the server puts here.',
    min: 1,
    max: maxPath,
    optional: true,
    example: 'src/main.ts',
  })
  readonly path!: string;

  // An example would show it beside a path in the workspace, which is the other sort of file.
  @Id({
    about: 'The attachment that it is, if it is one: text, for a model to read it.',
    optional: true,
    example: undefined,
  })
  readonly attachment_id?: string;

  @LineRange()
  readonly line_range?: readonly [number, number];

  @Text({
    about: 'The lines referred to, as they were when they were read.',
    max: maxContent,
    optional: true,
  })
  readonly resolved_content?: string;

  @Timestamp({ about: 'When the file was read.', optional: true })
  readonly resolved_at?: string;

  @Text({ about: 'Why the file could not be read.', max: maxErrorText, optional: true })
  readonly resolution_error?: string;

  @Nested(() => FileFacts, { about: 'The file at the time that it was read.', optional: true })
  readonly file?: FileFacts;
}

function LineRange(): PropertyDecorator {
  return Field(
    { about: 'First and last line, both 1-based and both included.', optional: true, example: [10, 24] },
    {
      schema: { type: 'array', items: { type: 'integer', minimum: 1 }, minItems: 2, maxItems: 2 },
      problem: (value) => {
        const [first, last, more]: unknown[] = Array.isArray(value) ? value : [];
        const isRange = isLine(first) && isLine(last) && more === undefined && first <= last;
        return isRange
          ? undefined
          : 'must be [first, last]: two line numbers from 1, the first not after the last';
      },
    },
  );
}

const isLine = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 1;
