const maxTitle = 80;

/** One line, without the quotes, headings and full stops that models like to add, and at most 80 characters. Pure. */
export function titleFrom(text: string): string {
  const line = text.trim().split(/[\r\n]/, 1)[0] ?? '';
  const plain = line
    .replace(/[\p{Cc}\p{Cs}]/gu, '')
    .replace(/^[#*\s"'“”«»]+|[*\s"'“”«».]+$/gu, '')
    .replace(/\s+/gu, ' ');
  const characters = [...plain];
  if (characters.length <= maxTitle) return plain;
  const cut = characters.slice(0, maxTitle - 1).join('');
  const word = cut.lastIndexOf(' ');
  return `${word > maxTitle / 2 ? cut.slice(0, word) : cut}…`;
}
