/** The most code points of it. */
export const maxPreview = 200;

/** What no terminal and no list should be given to show: control and format characters, line ends among them. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu;

/** The beginning of a text in one line that changes nothing about where it is shown. Pure. */
export function toPreview(text: string): string {
  // Twice as many units as code points at most; the rest of a long text is not looked at.
  const line = text
    .slice(0, maxPreview * 4)
    .replace(unseen, ' ')
    .trim();
  const points = [...line];
  return points.length > maxPreview ? `${points.slice(0, maxPreview - 1).join('')}…` : line;
}
