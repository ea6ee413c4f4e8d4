/** One name of a header such as Accept, and how much it is wanted (RFC 9110 §12.4.2). */
interface Wish {
  readonly name: string;
  readonly quality: number;
}

/**
 * Whether an `Accept` header asks for a page rather than for JSON: it names HTML, and nothing that it likes better. Who
 * takes anything, as programs do, is not asking for one.
 */
export function prefersHtml(accept: string | undefined): boolean {
  const wishes = parseWishes(accept);
  const html = qualityOf(wishes, 'text/html') ?? 0;
  const json = qualityOf(wishes, 'application/json') ?? 0;
  return html > json && html >= (qualityOf(wishes, '*/*') ?? 0);
}

/** Whether an `Accept-Encoding` header allows gzip by name. */
export const acceptsGzip = (acceptEncoding: string | undefined): boolean =>
  (qualityOf(parseWishes(acceptEncoding), 'gzip') ?? 0) > 0;

const qualityOf = (wishes: readonly Wish[], wanted: string): number | undefined =>
  wishes.find(({ name }) => name === wanted)?.quality;

const parseWishes = (header = ''): readonly Wish[] =>
  header.split(',').map((part) => {
    const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    // What is no number between 0 and 1 says nothing that could be followed.
    return { name, quality: quality >= 0 && quality <= 1 ? quality : 0 };
  });
