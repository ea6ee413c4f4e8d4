/** How deep JSON from outside may be nested: what is deeper could not be written down again. */
export const deepestJson = 256;

const quote = 0x22;
const backslash = 0x5c;
const opened: readonly number[] = [0x5b, 0x7b];
const closed: readonly number[] = [0x5d, 0x7d];

/**
 * Whether JSON (in UTF-8) is nested more than `most` levels deep. Parsing has no such limit, but writing it down again
 * ends with the stack. Takes time in proportion to its length. Pure.
 */
export function isDeeperThan(json: Buffer, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] ?? 0;
    if (byte === quote) at = endOfText(json, at);
    else if (opened.includes(byte)) depth += 1;
    else if (closed.includes(byte)) depth -= 1;
    if (depth > most) return true;
  }
  return false;
}

/** Where the quote is that ends the text which begins at `from`. */
function endOfText(json: Buffer, from: number): number {
  let end = json.indexOf(quote, from + 1);
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf(quote, end + 1);
  return end === -1 ? json.length : end;
}

function isEscaped(json: Buffer, at: number): boolean {
  let first = at;
  while (json[first - 1] === backslash) first -= 1;
  return (at - first) % 2 === 1;
}
