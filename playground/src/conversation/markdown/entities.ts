// The lexer leaves character references as they were written, for a renderer of HTML; text nodes need the characters.

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  copy: '©',
  reg: '®',
  trade: '™',
  hellip: '…',
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  bull: '•',
  middot: '·',
  deg: '°',
  plusmn: '±',
  times: '×',
  divide: '÷',
  frac12: '½',
  euro: '€',
  pound: '£',
  larr: '←',
  uarr: '↑',
  rarr: '→',
  darr: '↓',
  harr: '↔',
  rArr: '⇒',
  hArr: '⇔',
  le: '≤',
  ge: '≥',
  ne: '≠',
  infin: '∞',
  asymp: '≈',
  sum: '∑',
  radic: '√',
  pi: 'π',
  alpha: 'α',
  beta: 'β',
  gamma: 'γ',
  delta: 'δ',
  lambda: 'λ',
  mu: 'μ',
  sigma: 'σ',
  omega: 'ω',
  ensp: '\u2002',
  emsp: '\u2003',
  thinsp: '\u2009',
  shy: '\u00ad',
  sect: '§',
};

const reference = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,8}));/gi;

/** The text with its references replaced; one that means nothing here stays as it was written. */
export const decodeEntities = (text: string): string =>
  text.replace(reference, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name) return named[name] ?? whole;
    const point = decimal ? Number.parseInt(decimal, 10) : Number.parseInt(hex ?? '', 16);
    return isCharacter(point) ? String.fromCodePoint(point) : '\ufffd';
  });

const isCharacter = (point: number): boolean =>
  point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
