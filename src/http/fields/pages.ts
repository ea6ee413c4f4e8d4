import { encodeCursor } from '../../kernel/page-cursor.js';
import { Text } from './scalars.js';

/** Where a page begins: what the page before called `next_cursor`; `example` holds the keys of such a place. */
export const Cursor = (example: readonly (string | number)[]): PropertyDecorator =>
  Text({
    about: 'The `next_cursor` of the page before.',
    min: 1,
    max: 500,
    optional: true,
    example: encodeCursor(example),
  });

/** Where the page after this one begins. */
export const NextCursor = (): PropertyDecorator =>
  Text({ about: 'Asks for the next page; null on the last.', max: 500, nullable: true });
