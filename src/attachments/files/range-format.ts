/** Bytes of a file, both ends included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

export interface RangeRequest {
  readonly range?: string;
  /** The tag, or the date, that the range was asked on. */
  readonly ifRange?: string;
  readonly etag: string;
}

/**
 * The bytes that a request wants of a file (RFC 9110 §14.2): `whole` without a range, or with one that may be ignored,
 * which several at once, a unit that is none and one of another version are; `none` where the file has no such bytes. Pure.
 */
export function readRange(
  { range, ifRange, etag }: RangeRequest,
  size: number,
): ByteRange | 'whole' | 'none' {
  const [, from, to] = /^bytes=[ \t]*(\d{0,15})-(\d{0,15})[ \t]*$/.exec(range ?? '') ?? [];
  if (from === undefined || to === undefined || from + to === '') return 'whole';
  // Only a strong tag says that the bytes are the same ones (RFC 9110 §13.1.5).
  if (ifRange !== undefined && ifRange !== etag) return 'whole';
  if (from === '') return Number(to) > 0 ? within(size - Number(to), size - 1, size) : 'none';
  const last = to === '' ? size - 1 : Number(to);
  return to !== '' && last < Number(from) ? 'whole' : within(Number(from), last, size);
}

const within = (first: number, last: number, size: number): ByteRange | 'none' =>
  first < size && size > 0 ? { first: Math.max(0, first), last: Math.min(last, size - 1) } : 'none';

export const contentRange = ({ first, last }: ByteRange, size: number): string =>
  `bytes ${first}-${last}/${size}`;
