/** The tag of a context: its revision, which moves with everything about it but the inside of a streaming message. */
export const contextEtag = (revision: number): string => `"${revision}"`;

/**
 * The tag of the metadata view, which also shows how far the open message has got; null when none is open. Which one is
 * open changes only with the revision, so its sequence is enough.
 */
export const metadataEtag = (revision: number, sequence: number | null): string =>
  sequence === null ? contextEtag(revision) : `"${revision}-${sequence}"`;

/**
 * True when an existing resource with this tag satisfies an `If-None-Match` header, so that a GET is answered 304
 * (RFC 9110 §13.1.2: weak comparison). A malformed header matches nothing; the client gets the whole answer.
 */
export const matchesIfNoneMatch = (header: string, etag: string): boolean => {
  const [ours] = parseTags(etag);
  return isAny(header) || parseTags(header).some((tag) => tag.opaque === ours?.opaque);
};

/**
 * True when an existing resource with this tag satisfies an `If-Match` header, so that a write may go ahead
 * (RFC 9110 §13.1.1: strong comparison, weak tags never match). A malformed header matches nothing; the write is refused.
 */
export const matchesIfMatch = (header: string, etag: string): boolean => {
  const strong = (tag: Tag) => !tag.isWeak;
  const [ours] = parseTags(etag).filter(strong);
  return (
    isAny(header) ||
    parseTags(header)
      .filter(strong)
      .some((tag) => tag.opaque === ours?.opaque)
  );
};

interface Tag {
  readonly isWeak: boolean;
  /** With its quotes. */
  readonly opaque: string;
}

/**
 * One element of a list of tags with the comma after it; elements may be empty (RFC 9110 §5.6.1.2, §8.8.3). The trailing
 * blanks belong to the tag, not to the element, so that a long run of blanks is read only once.
 */
const listElement = /[ \t]*(?:(W\/)?("[\x21\x23-\x7e\x80-\xff]*")[ \t]*)?(?:,|$)/gy;

/** The tags in a header; none when any part of it is malformed, because then nobody knows what was meant. */
function parseTags(header: string): Tag[] {
  const elements = [...header.matchAll(listElement)];
  const isWhole = elements.map(([text]) => text).join('') === header;
  if (!isWhole) return [];
  return elements.flatMap(([, weak, opaque]) => (opaque ? [{ isWeak: weak !== undefined, opaque }] : []));
}

const isAny = (header: string): boolean => /^[ \t]*\*[ \t]*$/.test(header);
